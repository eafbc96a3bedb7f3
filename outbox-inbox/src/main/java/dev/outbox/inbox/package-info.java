/**
 * The consumer side: handles each event once, in the transaction of the business change.
 */
@NullMarked
package dev.outbox.inbox;

import org.jspecify.annotations.NullMarked;
