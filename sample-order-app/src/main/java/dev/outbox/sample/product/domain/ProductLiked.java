package dev.outbox.sample.product.domain;

import dev.outbox.OutboxEvent;

/**
 * Tells other services that a user likes a product, who did not before: the payload of the event, as they read it.
 *
 * @param userId who likes it
 */
@OutboxEvent(type = "PRODUCT_LIKED", aggregate = "Product", key = "productId", topic = "products")
public record ProductLiked(long productId, long userId) {}
