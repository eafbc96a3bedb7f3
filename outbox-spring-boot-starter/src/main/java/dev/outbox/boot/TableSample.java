package dev.outbox.boot;

import dev.outbox.store.TableState;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the table of events since it was looked at last.
 *
 * @param state as it was then; null if that failed, or was not done yet
 * @param drainTime until what is pending or being retried is gone, at the rate of the last samples; null if nothing was published meanwhile
 * @param takenAt when that was, or when it was begun with
 * @param quarantineSince when an event in quarantine was first seen here; null if there is none
 * @param trouble why there is no state, or none that can be worked with
 */
record TableSample(
        @Nullable TableState state,
        @Nullable Duration drainTime,
        Instant takenAt,
        @Nullable Instant quarantineSince,
        @Nullable Trouble trouble) {
    static TableSample none(Instant now) {
        return new TableSample(null, null, now, null, null);
    }

    /**
     * What keeps the outbox from working.
     *
     * @param what {@code database} or {@code schema}
     * @param since when it was first seen
     */
    record Trouble(String what, Instant since, String reason) {}
}
