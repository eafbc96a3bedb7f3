package dev.outbox.sample.user.domain;

/** What a user is in the shop. */
public enum Role {
    /** Places orders, and sees those. */
    USER,
    /** Looks after products, stock, orders and the outbox, and can do what every user can. */
    ADMIN
}
