package dev.outbox.sample.order.api;

import dev.outbox.sample.order.domain.Order;
import dev.outbox.sample.order.domain.OrderStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** An order, as clients see it. */
record OrderResponse(UUID id, OrderStatus status, List<Item> items, BigDecimal total, Instant createdAt) {
    /** @param unitPrice at the time of the order */
    record Item(long productId, int quantity, BigDecimal unitPrice) {}

    static OrderResponse of(Order order) {
        List<Item> items = order.items().stream()
                .map(item -> new Item(item.productId(), item.quantity(), item.unitPrice()))
                .toList();
        return new OrderResponse(order.id(), order.status(), items, order.total(), order.createdAt());
    }
}
