package dev.outbox.sample.order.domain;

import dev.outbox.OutboxEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Tells other services that an order was called off, and its items are in the stock again: the payload of the event, as they read it.
 *
 * @param userId whose order it is
 * @param version of the order; greater than in the events before
 */
@OutboxEvent(type = "ORDER_CANCELLED", aggregate = "Order", key = "orderId", version = "version", topic = "orders")
public record OrderCancelled(
        UUID orderId, long userId, long version, List<OrderedItem> items, BigDecimal total, Instant cancelledAt) {
    /** The event of an order whose end was saved. */
    public static OrderCancelled of(Order order) {
        return new OrderCancelled(
                order.id(),
                order.userId(),
                order.version(),
                OrderedItem.of(order),
                order.total(),
                Objects.requireNonNull(order.closedAt(), "the order is open"));
    }
}
