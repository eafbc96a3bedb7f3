package dev.outbox.sample.product.domain;

import dev.outbox.OutboxEvent;

/**
 * Tells other services that a user has taken a like back: the payload of the event, as they read it.
 *
 * @param userId who does not like it any more
 */
@OutboxEvent(type = "PRODUCT_UNLIKED", aggregate = "Product", key = "productId", topic = "products")
public record ProductUnliked(long productId, long userId) {}
