package dev.outbox.relay;

import dev.outbox.store.LaneStore;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then for events that were committed late, below the floors of their lanes, where a database cannot tell when there are none any more. Whichever worker
 * comes by does it; it takes at most a twentieth of one worker's time, however long a look may take. Thread-safe.
 */
final class FloorSweep {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final int SHARE = 20;

    private final LaneStore lanes;
    private final ReentrantLock sweeping = new ReentrantLock();
    private volatile Deadline next = Deadline.after(Duration.ZERO);

    FloorSweep(LaneStore lanes) {
        this.lanes = lanes;
    }

    void runIfDue() {
        if (!next.passed() || !sweeping.tryLock()) return;
        try {
            long start = System.nanoTime();
            int lowered = lanes.lowerFloorsBelowLateEvents();
            if (lowered > 0) log.debug("{} lanes had events that were committed late.", lowered);
            Duration rest = Duration.ofNanos(System.nanoTime() - start).multipliedBy(SHARE);
            next = Deadline.after(rest.compareTo(INTERVAL) > 0 ? rest : INTERVAL);
        } finally {
            sweeping.unlock();
        }
    }
}
