package dev.outbox.console;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.outbox.Replay;

/**
 * A replay, and how far it is: what a record computes is not in its JSON by itself.
 *
 * @param replay its parts stand beside the progress
 * @param progress that of {@link Replay#progress()}
 */
record ReplayAnswer(@JsonUnwrapped Replay replay, double progress) {
    static ReplayAnswer of(Replay replay) {
        return new ReplayAnswer(replay, replay.progress());
    }
}
