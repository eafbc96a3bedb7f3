package dev.outbox.sample.order.domain;

import dev.outbox.OutboxEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Tells other services that there is a new order: the payload of the event, as they read it.
 *
 * @param userId whose order it is
 * @param version of the order; greater in a later event of it
 */
@OutboxEvent(type = "ORDER_CREATED", aggregate = "Order", key = "orderId", version = "version", topic = "orders")
public record OrderCreated(
        UUID orderId, long userId, long version, List<OrderedItem> items, BigDecimal total, Instant createdAt) {
    /** The event of an order that was saved. */
    public static OrderCreated of(Order order) {
        return new OrderCreated(
                order.id(), order.userId(), order.version(), OrderedItem.of(order), order.total(), order.createdAt());
    }
}
