package dev.outbox.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What a relay counts. */
final class RelayMeters {
    private final Counter lostLeases;

    RelayMeters(MeterRegistry registry) {
        lostLeases = Counter.builder("outbox.relay.leases.lost")
                .description("Lanes that another relay had taken over before this one could mark what it had sent")
                .register(registry);
    }

    void lostLease() {
        lostLeases.increment();
    }
}
