package dev.outbox.sample.order.domain;

import java.math.BigDecimal;
import java.util.List;

/**
 * One product of an order, as other services read it in an event.
 *
 * @param unitPrice the price of one piece at the time of the order
 */
public record OrderedItem(long productId, int quantity, BigDecimal unitPrice) {
    static List<OrderedItem> of(Order order) {
        return order.items().stream()
                .map(item -> new OrderedItem(item.productId(), item.quantity(), item.unitPrice()))
                .toList();
    }
}
