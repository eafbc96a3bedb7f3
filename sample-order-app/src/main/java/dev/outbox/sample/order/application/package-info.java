/** What can be done with orders; the transactions are here. */
@NullMarked
package dev.outbox.sample.order.application;

import org.jspecify.annotations.NullMarked;
