package dev.outbox.store;

import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import java.time.Instant;

/**
 * What a plan means: the events that meet its conditions and were published when it was shown. Those that are published later are not meant, so what is sent is what was shown, and no event comes to be meant behind a
 * later one of its key.
 */
record Meant(ReplayPlan plan, Instant shownAt) {
    static Meant by(Replay replay) {
        return new Meant(replay.plan(), replay.shownAt());
    }
}
