package dev.outbox.sample.order.domain;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/**
 * The idempotency key that a user has placed an order with, and what the order was to be. It outlives the order's row: what is archived refers to
 * its key as well, so a key that was used stays used.
 */
@Entity
@Immutable
@Table(name = "order_keys")
public class OrderKey {
    @Id
    @Column(name = "order_id")
    private UUID orderId;

    @Column(name = "user_id")
    private long userId;

    @Column(name = "idempotency_key")
    private String idempotencyKey;

    private String fingerprint;

    @SuppressWarnings("NullAway.Init")
    protected OrderKey() {}

    public UUID orderId() {
        return orderId;
    }

    /** Whether the order was placed with this basket. */
    public boolean isOf(Basket basket) {
        return fingerprint.equals(basket.fingerprint());
    }
}
