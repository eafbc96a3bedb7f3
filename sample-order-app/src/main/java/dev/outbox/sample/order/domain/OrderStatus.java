package dev.outbox.sample.order.domain;

/** Where an order is in its life: created, and then closed by one of the others, for good. */
public enum OrderStatus {
    /** Ordered, and its pieces are taken out of the stock. */
    CREATED,
    /** Called off by whoever has ordered, and its pieces are in the stock again. */
    CANCELLED,
    /** Delivered: it counts as a sale. */
    COMPLETED
}
