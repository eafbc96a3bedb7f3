package dev.outbox.sample.product.application;

import dev.outbox.sample.product.domain.Product;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * A product and how many of it there were when it was read.
 *
 * @param stock pieces
 */
public record StockedProduct(long id, String sku, String name, BigDecimal price, int stock, Instant createdAt) {
    static StockedProduct of(Product product, int stock) {
        return new StockedProduct(
                product.id(), product.sku(), product.name(), product.price(), stock, product.createdAt());
    }
}
