package dev.outbox.spi;

/** What a failed send says something about. */
public enum FailureScope {
    /** This event: too large, not serialisable for the broker. It counts towards quarantine. */
    EVENT,
    /** Its topic or partition: missing, without a leader, not authorised. Its events wait; nothing counts. */
    TOPIC,
    /** The broker or the connection to it, or nothing known: everything waits; nothing counts. */
    BROKER
}
