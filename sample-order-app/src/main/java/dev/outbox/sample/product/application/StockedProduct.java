package dev.outbox.sample.product.application;

import dev.outbox.sample.product.domain.Product;

/**
 * A product and how many of it there are.
 *
 * @param stock pieces
 */
public record StockedProduct(Product product, int stock) {}
