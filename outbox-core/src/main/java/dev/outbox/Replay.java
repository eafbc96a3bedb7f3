package dev.outbox;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A replay as it stands.
 *
 * @param id what copies carry in {@code ce_replayid}
 * @param plan which events
 * @param upTo the highest sequence that is meant
 * @param shownAt when the dry run was made, by the database's clock: what was published by then is meant
 * @param expected how many events the dry run has announced
 * @param exact whether it had counted them all; estimated otherwise
 * @param mode what consumers are to do
 * @param consumers who is to handle the events again
 * @param eventsPerSecond how many are sent in a second at most
 * @param status how far it is
 * @param checkpoint up to which sequence everything that is meant was acknowledged by the broker
 * @param sent how many events that is; what is sent twice because of a crash counts once
 * @param error why it stands; null if it does not
 * @param operator who has started it
 * @param startedAt when, by the database's clock
 * @param finishedAt when its status became final; null while it is not
 */
public record Replay(
        UUID id,
        ReplayPlan plan,
        long upTo,
        Instant shownAt,
        long expected,
        boolean exact,
        ReplayMode mode,
        Set<String> consumers,
        int eventsPerSecond,
        ReplayStatus status,
        long checkpoint,
        long sent,
        @Nullable String error,
        String operator,
        Instant startedAt,
        @Nullable Instant finishedAt) {
    public Replay {
        consumers = Set.copyOf(consumers);
    }

    /** From 0 to 1, as far as what is expected is known. */
    public double progress() {
        if (status == ReplayStatus.DONE) return 1;
        return expected == 0 ? 0 : Math.min(1, (double) sent / expected);
    }
}
