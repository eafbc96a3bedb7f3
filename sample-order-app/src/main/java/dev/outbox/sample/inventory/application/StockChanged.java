package dev.outbox.sample.inventory.application;

import java.util.Set;

/**
 * Tells whoever in this process keeps copies that the stock of products changes, in the transaction that changes it: it may still roll back.
 *
 * @param productIds whose stock it is
 */
public record StockChanged(Set<Long> productIds) {
    /** Copies the set. */
    public StockChanged {
        productIds = Set.copyOf(productIds);
    }
}
