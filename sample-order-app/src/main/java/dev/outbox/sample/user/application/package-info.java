/** What can be done with users; the transactions are here. */
@NullMarked
package dev.outbox.sample.user.application;

import org.jspecify.annotations.NullMarked;
