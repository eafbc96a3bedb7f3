package dev.outbox.sample.metrics.domain;

import java.util.Collection;
import java.util.List;

/** Where the counts of products are kept. */
public interface ProductMetricsRepository {
    /** Those of some products; nothing of products of which nothing was counted. */
    List<ProductMetrics> find(Collection<Long> productIds);

    /**
     * Adds to what is there, and begins to count where nothing is.
     *
     * @param more at most one of each product, in the order of their ids: two that add to the same products at once then wait for each other in turn, and not for ever
     */
    void add(List<ProductMetrics> more);
}
