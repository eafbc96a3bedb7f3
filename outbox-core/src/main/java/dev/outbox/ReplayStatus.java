package dev.outbox;

/** How far a replay is. */
public enum ReplayStatus {
    /** It is sending, or is going to as soon as a relay's process has time for it. */
    RUNNING,
    /** An operator has stopped it, and it can go on. */
    PAUSED,
    /** All that it means was sent. Final. */
    DONE,
    /** An operator has ended it before. Final. */
    CANCELLED
}
