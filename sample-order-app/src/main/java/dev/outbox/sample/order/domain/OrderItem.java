package dev.outbox.sample.order.domain;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.math.BigDecimal;

/**
 * One product of an order.
 *
 * @param unitPrice the price of one piece at the time of the order
 */
@Embeddable
public record OrderItem(
        @Column(name = "product_id") long productId,
        int quantity,
        @Column(name = "unit_price") BigDecimal unitPrice) {
    public BigDecimal price() {
        return unitPrice.multiply(BigDecimal.valueOf(quantity));
    }
}
