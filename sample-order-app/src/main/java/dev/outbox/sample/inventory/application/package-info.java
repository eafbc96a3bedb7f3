/** What can be done with stock; the transactions are here. */
@NullMarked
package dev.outbox.sample.inventory.application;

import org.jspecify.annotations.NullMarked;
