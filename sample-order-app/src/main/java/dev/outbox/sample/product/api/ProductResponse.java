package dev.outbox.sample.product.api;

import dev.outbox.sample.product.application.StockedProduct;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * A product, as clients see it.
 *
 * @param stock pieces
 * @param likes by how many users it is liked
 * @param sales pieces in orders that were completed
 * @param views how often its page was loaded
 */
record ProductResponse(
        long id,
        String sku,
        String name,
        BigDecimal price,
        int stock,
        boolean soldOut,
        long likes,
        long sales,
        long views,
        Instant createdAt) {
    static ProductResponse of(StockedProduct stocked) {
        return new ProductResponse(
                stocked.id(),
                stocked.sku(),
                stocked.name(),
                stocked.price(),
                stocked.stock(),
                stocked.stock() == 0,
                stocked.likes(),
                stocked.sales(),
                stocked.views(),
                stocked.createdAt());
    }
}
