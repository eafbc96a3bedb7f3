package dev.outbox.relay;

import dev.outbox.store.Candidate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * The gate: which events of a batch may be sent now. A wave has at most one event of each key, the first that is left; a key takes part in the
 * next wave only when its event of this one was acknowledged. So an event is handed to the broker only after every earlier event of
 * its key has been acknowledged, whatever fails.
 *
 * <p>More than one event of a key in flight is not safe, not even with an idempotent producer: when the first one fails or times out, the second
 * may be in the log already.
 */
final class Waves {
    private Collection<Queue<Candidate>> keys;

    /** @param batch events by sequence; late ones take no part */
    Waves(List<Candidate> batch) {
        Map<Key, Queue<Candidate>> byKey = new LinkedHashMap<>();
        for (Candidate event : batch) {
            if (!event.late())
                byKey.computeIfAbsent(new Key(event), key -> new ArrayDeque<>()).add(event);
        }
        this.keys = byKey.values();
    }

    /** The next event of each key that still takes part; empty at the end. */
    List<Candidate> next() {
        return keys.stream().map(Queue::element).toList();
    }

    /** Ends the wave: the keys whose event is not among the acknowledged ones are out. */
    void settle(Set<Candidate> acknowledged) {
        Collection<Queue<Candidate>> still = new ArrayList<>();
        for (Queue<Candidate> key : keys) {
            if (acknowledged.contains(key.remove()) && !key.isEmpty()) still.add(key);
        }
        keys = still;
    }

    private record Key(String aggregateType, String aggregateId) {
        Key(Candidate candidate) {
            this(candidate.event().aggregateType(), candidate.event().aggregateId());
        }
    }
}
