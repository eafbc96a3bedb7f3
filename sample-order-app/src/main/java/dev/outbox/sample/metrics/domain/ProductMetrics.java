package dev.outbox.sample.metrics.domain;

/**
 * What is counted of a product: either all of it, or what comes on top of that.
 *
 * @param likes by how many users it is liked; what comes on top is negative where likes are taken back
 * @param sales pieces in orders that were completed
 * @param views how often its page was loaded
 * @param soldOuts how often its stock has come to nothing
 */
public record ProductMetrics(long productId, long likes, long sales, long views, long soldOuts) {
    /** Of a product of which nothing was counted. */
    public static ProductMetrics none(long productId) {
        return new ProductMetrics(productId, 0, 0, 0, 0);
    }

    /** @param more negative where likes are taken back */
    public static ProductMetrics likes(long productId, long more) {
        return new ProductMetrics(productId, more, 0, 0, 0);
    }

    /** @param pieces that were sold */
    public static ProductMetrics sales(long productId, long pieces) {
        return new ProductMetrics(productId, 0, pieces, 0, 0);
    }

    /** @param more page loads */
    public static ProductMetrics views(long productId, long more) {
        return new ProductMetrics(productId, 0, 0, more, 0);
    }

    /** Its stock has come to nothing. */
    public static ProductMetrics soldOut(long productId) {
        return new ProductMetrics(productId, 0, 0, 0, 1);
    }

    /** Both together, which are of the same product. */
    public ProductMetrics plus(ProductMetrics more) {
        if (more.productId != productId) {
            throw new IllegalArgumentException(
                    "product %d does not add to product %d".formatted(more.productId, productId));
        }
        return new ProductMetrics(
                productId, likes + more.likes, sales + more.sales, views + more.views, soldOuts + more.soldOuts);
    }
}
