/** What can be done with notifications; the transactions are here. */
@NullMarked
package dev.outbox.sample.notification.application;

import org.jspecify.annotations.NullMarked;
