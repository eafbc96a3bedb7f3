package dev.outbox.sample.order.api;

import dev.outbox.sample.order.domain.OrderStatus;
import dev.outbox.sample.order.domain.StoredOrder;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order, as clients see it.
 *
 * @param closedAt when it was cancelled or completed; null while it is open
 */
record OrderResponse(
        UUID id,
        OrderStatus status,
        List<Item> items,
        BigDecimal total,
        Instant createdAt,
        @Nullable Instant closedAt) {
    /** @param unitPrice at the time of the order */
    record Item(long productId, int quantity, BigDecimal unitPrice) {}

    /** The order as it is now. */
    static OrderResponse of(StoredOrder order) {
        return of(order, order.status(), order.closedAt());
    }

    /** The order as it was when it had just been placed, whatever has become of it since. */
    static OrderResponse asPlaced(StoredOrder order) {
        return of(order, OrderStatus.CREATED, null);
    }

    private static OrderResponse of(StoredOrder order, OrderStatus status, @Nullable Instant closedAt) {
        List<Item> items = order.items().stream()
                .map(item -> new Item(item.productId(), item.quantity(), item.unitPrice()))
                .toList();
        return new OrderResponse(order.id(), status, items, order.total(), order.createdAt(), closedAt);
    }
}
