package dev.outbox.sample.notification.domain;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something that a customer is told. At most one for each event. */
@Entity
@Table(name = "notifications")
public class Notification {
    /** How a customer is told. */
    public enum Channel {
        /** To be read in the application. */
        IN_APP
    }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @Column(name = "event_id")
    private UUID eventId;

    @Column(name = "order_id")
    private UUID orderId;

    @Column(name = "user_id")
    private long userId;

    @Enumerated(EnumType.STRING)
    private Channel channel;

    private String message;

    @Column(name = "created_at")
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected Notification() {}

    public Notification(UUID eventId, UUID orderId, long userId, Channel channel, String message, Instant createdAt) {
        this.eventId = eventId;
        this.orderId = orderId;
        this.userId = userId;
        this.channel = channel;
        this.message = message;
        this.createdAt = createdAt;
    }

    /** Its number, which the database gave when it was saved. */
    public long id() {
        return Objects.requireNonNull(id, "not saved yet");
    }

    /** The event that it comes from. */
    public UUID eventId() {
        return eventId;
    }

    public UUID orderId() {
        return orderId;
    }

    /** Who is told. */
    public long userId() {
        return userId;
    }

    public Channel channel() {
        return channel;
    }

    public String message() {
        return message;
    }

    public Instant createdAt() {
        return createdAt;
    }
}
