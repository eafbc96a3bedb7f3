package dev.outbox.sample.metrics.application;

import dev.outbox.sample.metrics.domain.ProductMetrics;
import dev.outbox.sample.metrics.domain.ProductMetricsRepository;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What was counted of products. */
@Service
public class Metrics {
    private final ProductMetricsRepository metrics;

    Metrics(ProductMetricsRepository metrics) {
        this.metrics = metrics;
    }

    /**
     * Adds to the counts. In the transaction that records the events as handled, so that each counts once. Sums do not depend on the order in which events come.
     *
     * @param more as many of a product as there are, in any order
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(Collection<ProductMetrics> more) {
        TreeMap<Long, ProductMetrics> sums = new TreeMap<>();
        more.forEach(one -> sums.merge(one.productId(), one, ProductMetrics::plus));
        metrics.add(List.copyOf(sums.values()));
    }

    /** What was counted of each of some products, by their ids; zeros where nothing was. */
    @Transactional(readOnly = true)
    public Map<Long, ProductMetrics> of(Collection<Long> productIds) {
        Map<Long, ProductMetrics> all = new HashMap<>();
        productIds.forEach(id -> all.put(id, ProductMetrics.none(id)));
        metrics.find(productIds).forEach(found -> all.put(found.productId(), found));
        return all;
    }

    /** What was counted of a product; zeros if nothing was. */
    @Transactional(readOnly = true)
    public ProductMetrics of(long productId) {
        return metrics.find(List.of(productId)).stream().findFirst().orElseGet(() -> ProductMetrics.none(productId));
    }
}
