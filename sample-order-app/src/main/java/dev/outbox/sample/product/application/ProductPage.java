package dev.outbox.sample.product.application;

import java.util.List;

/**
 * One page of the products.
 *
 * @param totalItems on all pages
 */
public record ProductPage(List<StockedProduct> products, long totalItems) {
    /** Copies the list. */
    public ProductPage {
        products = List.copyOf(products);
    }
}
