package dev.outbox;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where an event is on its way. {@link #next()} is the one table of legal transitions; each is made by one conditional UPDATE, so
 * of two who try at once one wins.
 */
public enum EventStatus {
    /** Stored, and to be sent when its turn comes. */
    PENDING,
    /** A send has failed; it is tried again at its time, and later events of its key wait. */
    RETRYING,
    /** Waits behind an earlier event of its key that is {@link #RETRYING} or {@link #QUARANTINED}, and is not looked at until then. */
    BLOCKED,
    /** Has failed as often as it may; a person decides whether it is sent again or discarded. */
    QUARANTINED,
    /** Acknowledged by the broker. Final. */
    PUBLISHED,
    /** Given up by a person. Final. */
    DISCARDED;

    /** The states that may follow this one; none after a final state. */
    public Set<EventStatus> next() {
        return switch (this) {
            case PENDING -> EnumSet.of(PUBLISHED, RETRYING, QUARANTINED, BLOCKED);
            case RETRYING -> EnumSet.of(PUBLISHED, RETRYING, QUARANTINED);
            case BLOCKED -> EnumSet.of(PENDING);
            case QUARANTINED -> EnumSet.of(PENDING, DISCARDED);
            case PUBLISHED, DISCARDED -> EnumSet.noneOf(EventStatus.class);
        };
    }

    /** Whether nothing follows. */
    public boolean isFinal() {
        return next().isEmpty();
    }
}
