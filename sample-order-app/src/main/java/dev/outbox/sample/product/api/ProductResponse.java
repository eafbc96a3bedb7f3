package dev.outbox.sample.product.api;

import dev.outbox.sample.product.application.StockedProduct;
import dev.outbox.sample.product.domain.Product;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * A product, as clients see it.
 *
 * @param stock pieces
 */
record ProductResponse(
        long id, String sku, String name, BigDecimal price, int stock, boolean soldOut, Instant createdAt) {
    static ProductResponse of(StockedProduct stocked) {
        Product product = stocked.product();
        return new ProductResponse(
                product.id(),
                product.sku(),
                product.name(),
                product.price(),
                stocked.stock(),
                stocked.stock() == 0,
                product.createdAt());
    }
}
