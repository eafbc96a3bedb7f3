package dev.outbox.benchmarks;

import java.time.Duration;
import java.util.Arrays;

/** What a look for work costs when there is none: {@code LaneStore.claim}, its transaction included. */
final class IdlePoll {
    private static final int WARM_UP = 300;
    private static final int POLLS = 1_000;

    private IdlePoll() {}

    /** The median in milliseconds. */
    static double millis(Table table) {
        double[] millis = new double[POLLS];
        for (int i = -WARM_UP; i < POLLS; i++) {
            long start = System.nanoTime();
            if (!table.lanes.claim("benchmark", Duration.ofMinutes(1), 16).isEmpty())
                throw new IllegalStateException("there was work");
            if (i >= 0) millis[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(millis);
        return millis[POLLS / 2];
    }
}
