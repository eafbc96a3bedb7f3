package dev.outbox;

/** Where an event is on its way. */
public enum EventStatus {
    /** Stored and not yet acknowledged by the broker. */
    PENDING,
    /** Acknowledged by the broker. Final. */
    PUBLISHED
}
