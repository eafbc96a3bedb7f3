package dev.outbox.store;

import java.util.List;
import java.util.Map;

/**
 * What was read of some lanes in one snapshot.
 *
 * @param candidates by sequence
 * @param oldestRunning no transaction below this id was running any more, or none from before this time is reckoned with; 0 when nothing was read
 * @param revisions of the floors at which the reading of each lane was to start
 */
public record Reading(List<Candidate> candidates, long oldestRunning, Map<Integer, Long> revisions) {
    /** Nothing was read. */
    public static final Reading NOTHING = new Reading(List.of(), 0, Map.of());

    /** What was read of a lane. */
    Seen of(int lane) {
        long lowestPending = 0;
        long highest = 0;
        for (Candidate candidate : candidates) {
            if (candidate.lane() != lane) continue;
            if (lowestPending == 0 && candidate.pending()) lowestPending = candidate.seq();
            highest = candidate.seq();
        }
        return new Seen(lowestPending, highest, oldestRunning, revisions.getOrDefault(lane, -1L));
    }

    /**
     * What was read of a lane.
     *
     * @param lowestPending the lowest sequence that was {@code PENDING} above the lane's floor; 0 if none was read
     * @param highest the highest sequence; 0 if none was read
     * @param oldestRunning no transaction below this id was running any more, or none from before this time is reckoned with
     * @param revision of the floor at which the reading was to start
     */
    record Seen(long lowestPending, long highest, long oldestRunning, long revision) {}
}
