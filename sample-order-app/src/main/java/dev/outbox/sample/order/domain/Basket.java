package dev.outbox.sample.order.domain;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What somebody wants to order.
 *
 * @param pieces of each product, by its id; at least one product, and of each at least one piece
 */
public record Basket(SortedMap<Long, Integer> pieces) {
    public Basket {
        if (pieces.isEmpty()) throw new IllegalArgumentException("a basket must not be empty");
        if (pieces.values().stream().anyMatch(count -> count < 1)) {
            throw new IllegalArgumentException("a basket must have at least one piece of each product in it");
        }
        pieces = Collections.unmodifiableSortedMap(new TreeMap<>(pieces));
    }

    /** How many pieces of a product there are in it. */
    public int pieces(long productId) {
        return pieces.getOrDefault(productId, 0);
    }
}
