package dev.outbox.relay;

import dev.outbox.store.Candidate;
import dev.outbox.store.Reading;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was read of several lanes at once, by sequence. */
final class Batch {
    private final Reading reading;
    private final int limit;
    private final boolean cut;
    private final Map<Integer, Tally> lanes = new HashMap<>();

    /**
     * What was read.
     *
     * @param limit how many of each lane at most
     * @param bytes the payloads together, at most
     */
    Batch(Reading reading, int limit, long bytes) {
        this.reading = reading;
        this.limit = limit;
        long read = 0;
        for (Candidate candidate : reading.candidates()) {
            read += candidate.event().payload().length;
            lanes.merge(candidate.lane(), Tally.of(candidate), Tally::plus);
        }
        this.cut = read >= bytes / 2; // one more event may have been too many
    }

    Reading reading() {
        return reading;
    }

    List<Candidate> candidates() {
        return reading.candidates();
    }

    /** Whether there may be more to read of a lane. */
    boolean isFull(int lane) {
        return cut || of(lane).events >= limit;
    }

    /** Whether most of a full lane is late, so that what follows is probably late as well. */
    boolean isCrowded(int lane) {
        return isFull(lane) && of(lane).late * 2 >= limit;
    }

    private Tally of(int lane) {
        return lanes.getOrDefault(lane, Tally.NOTHING);
    }

    private record Tally(int events, int late) {
        static final Tally NOTHING = new Tally(0, 0);

        static Tally of(Candidate candidate) {
            return new Tally(1, candidate.late() ? 1 : 0);
        }

        Tally plus(Tally other) {
            return new Tally(events + other.events, late + other.late);
        }
    }
}
