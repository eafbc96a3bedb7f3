package dev.outbox.spi;

/** Told when an event has gone to quarantine: the place for an alert. */
@FunctionalInterface
public interface QuarantineListener {
    /**
     * An event has gone to quarantine; that is committed. Called by the relay, which waits for it: be quick. What it throws is logged and otherwise
     * ignored.
     *
     * @param error class and message of the last failure
     */
    void quarantined(OutboxRecord event, String error);
}
