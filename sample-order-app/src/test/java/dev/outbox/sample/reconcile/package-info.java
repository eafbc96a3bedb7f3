/** Whether everything adds up after the processes of the shop were killed in the middle of work: what {@code sample-order-app/reconcile} runs. */
@NullMarked
package dev.outbox.sample.reconcile;

import org.jspecify.annotations.NullMarked;
