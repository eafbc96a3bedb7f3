package dev.outbox.sample.product.application;

import dev.outbox.sample.metrics.domain.ProductMetrics;
import dev.outbox.sample.product.domain.Product;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * A product, how many of it there were when it was read, and what was counted of it by then.
 *
 * @param stock pieces
 * @param likes by how many users it is liked
 * @param sales pieces in orders that were completed
 * @param views how often its page was loaded
 */
public record StockedProduct(
        long id,
        String sku,
        String name,
        BigDecimal price,
        int stock,
        long likes,
        long sales,
        long views,
        Instant createdAt) {
    static StockedProduct of(Product product, int stock, ProductMetrics metrics) {
        return new StockedProduct(
                product.id(),
                product.sku(),
                product.name(),
                product.price(),
                stock,
                // that a like was taken back may be counted before that it was given
                Math.max(0, metrics.likes()),
                metrics.sales(),
                metrics.views(),
                product.createdAt());
    }
}
