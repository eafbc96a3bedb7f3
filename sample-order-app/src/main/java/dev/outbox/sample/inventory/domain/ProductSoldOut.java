package dev.outbox.sample.inventory.domain;

import dev.outbox.OutboxEvent;

/** Tells other services that there is nothing left of a product, where there was something before: the payload of the event, as they read it. */
@OutboxEvent(type = "PRODUCT_SOLD_OUT", aggregate = "Product", key = "productId", topic = "products")
public record ProductSoldOut(long productId) {}
