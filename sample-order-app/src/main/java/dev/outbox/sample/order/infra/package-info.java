/** The tables of orders, and when they are archived. */
@NullMarked
package dev.outbox.sample.order.infra;

import org.jspecify.annotations.NullMarked;
