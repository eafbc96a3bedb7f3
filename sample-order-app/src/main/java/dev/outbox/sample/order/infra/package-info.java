/** The tables of orders, and the topic of their events. */
@NullMarked
package dev.outbox.sample.order.infra;

import org.jspecify.annotations.NullMarked;
