package dev.outbox.sample.order.domain;

/** Where an order is in its life. */
public enum OrderStatus {
    /** Ordered, and its pieces are taken out of the stock. */
    CREATED
}
