package dev.outbox.sample.mockplatform.domain;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** An event that the mock of the data platform has taken. Written by statements, because what counts is the key in the table. */
@Entity
@Immutable
@Table(name = "mock_data_platform_orders")
public class MockDelivery {
    @Id
    @Column(name = "idempotency_key")
    private String idempotencyKey;

    @Column(name = "order_id")
    private UUID orderId;

    @Column(name = "event_type")
    private String eventType;

    private int requests;

    @Column(name = "received_at")
    private Instant receivedAt;

    @SuppressWarnings("NullAway.Init")
    protected MockDelivery() {}

    public String idempotencyKey() {
        return idempotencyKey;
    }

    public UUID orderId() {
        return orderId;
    }

    public String eventType() {
        return eventType;
    }

    /** How often it has come: 1, and more where an answer was lost. */
    public int requests() {
        return requests;
    }

    /** When it came first. */
    public Instant receivedAt() {
        return receivedAt;
    }
}
