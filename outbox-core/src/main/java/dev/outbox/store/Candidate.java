package dev.outbox.store;

import dev.outbox.spi.OutboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * An event that was read to be sent.
 *
 * @param lane the hash bucket of its key
 * @param attempts how many of its failures have counted so far
 * @param pending whether it is {@code PENDING}, and not a retry
 * @param late whether an earlier event of its key is being retried, quarantined or blocked, and not in the same batch: it is not sent, but parked
 * @param paused whether an operator has paused its topic
 */
public record Candidate(OutboxRecord event, int lane, int attempts, boolean pending, boolean late, boolean paused) {
    /** Where it stands in the order of events. */
    public long seq() {
        return event.seq();
    }

    /** The same event when it turns out to be late. */
    Candidate asLate() {
        return new Candidate(event, lane, attempts, pending, true, paused);
    }

    /** The sequence tells events apart; to compare all their fields in every set would cost more than to send them. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Candidate candidate && candidate.seq() == seq();
    }

    @Override
    public int hashCode() {
        return Long.hashCode(seq());
    }
}
