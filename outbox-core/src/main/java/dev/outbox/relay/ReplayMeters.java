package dev.outbox.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What replays count, all together: no tag has values without end. Safe for use by many threads. */
final class ReplayMeters {
    private final Counter sent;
    private final Counter failures;

    ReplayMeters(MeterRegistry registry) {
        sent = Counter.builder("outbox.replay.sent")
                .description("Copies of published events that replays have sent and the broker has acknowledged")
                .register(registry);
        failures = Counter.builder("outbox.replay.failures")
                .description("Failed sends at which a replay stands until it tries again")
                .register(registry);
    }

    void sent(int copies) {
        sent.increment(copies);
    }

    void failed() {
        failures.increment();
    }
}
