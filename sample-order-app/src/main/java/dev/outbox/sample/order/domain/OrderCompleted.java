package dev.outbox.sample.order.domain;

import dev.outbox.OutboxEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Tells other services that an order is delivered and its items count as sold: the payload of the event, as they read it.
 *
 * @param userId whose order it is
 * @param version of the order; greater than in the events before
 */
@OutboxEvent(type = "ORDER_COMPLETED", aggregate = "Order", key = "orderId", version = "version", topic = "orders")
public record OrderCompleted(
        UUID orderId, long userId, long version, List<OrderedItem> items, BigDecimal total, Instant completedAt) {
    /** The event of an order whose end was saved. */
    public static OrderCompleted of(Order order) {
        return new OrderCompleted(
                order.id(),
                order.userId(),
                order.version(),
                OrderedItem.of(order),
                order.total(),
                Objects.requireNonNull(order.closedAt(), "the order is open"));
    }
}
