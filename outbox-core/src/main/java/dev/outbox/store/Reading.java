package dev.outbox.store;

import java.util.List;

/**
 * What was read of some lanes in one snapshot.
 *
 * @param candidates by sequence
 * @param oldestRunning no transaction below this id was running any more; 0 when nothing was read
 */
public record Reading(List<Candidate> candidates, long oldestRunning) {
    /** Nothing was read. */
    public static final Reading NOTHING = new Reading(List.of(), 0);

    /** What was read of a lane. */
    Seen of(int lane) {
        long lowestPending = 0;
        long highest = 0;
        for (Candidate candidate : candidates) {
            if (candidate.lane() != lane) continue;
            if (lowestPending == 0 && candidate.pending()) lowestPending = candidate.seq();
            highest = candidate.seq();
        }
        return new Seen(lowestPending, highest, oldestRunning);
    }

    /**
     * What was read of a lane.
     *
     * @param lowestPending the lowest sequence that was {@code PENDING} above the lane's floor; 0 if none was read
     * @param highest the highest sequence; 0 if none was read
     * @param oldestRunning no transaction below this id was running any more
     */
    record Seen(long lowestPending, long highest, long oldestRunning) {}
}
