package dev.outbox.sample.product.domain;

import dev.outbox.OutboxEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/**
 * Tells other services how often products were looked at since the last such event of the same process: the payload of the event, as they read it. Each stands for
 * itself and is an aggregate of its own, so none waits for another.
 *
 * @param products at most {@value #MOST}; each of them once
 */
@OutboxEvent(type = "PRODUCTS_VIEWED", aggregate = "ProductViews", key = "id", topic = "products")
public record ProductsViewed(UUID id, List<Viewed> products) {
    /** The most products of one event, which then has some 20 kilobytes. */
    static final int MOST = 500;

    /** @param views how often its page was loaded */
    public record Viewed(long productId, long views) {}

    /** Copies the list. */
    public ProductsViewed {
        products = List.copyOf(products);
    }

    /**
     * As few events as will hold all of it.
     *
     * @param views of each product, by its id
     */
    public static List<ProductsViewed> of(SortedMap<Long, Long> views) {
        List<Viewed> all = views.entrySet().stream()
                .map(product -> new Viewed(product.getKey(), product.getValue()))
                .toList();
        List<ProductsViewed> events = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST) {
            events.add(new ProductsViewed(UUID.randomUUID(), all.subList(from, Math.min(from + MOST, all.size()))));
        }
        return events;
    }
}
