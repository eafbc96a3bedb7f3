package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.spi.FailureScope;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.Candidate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RelayMetersTest {
    private final MockClock clock = new MockClock();
    private final MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final RelayMeters meters = new RelayMeters(registry);
    private final Timer latency = registry.get("outbox.relay.publish.latency").timer();

    @Test
    void the_latency_is_the_time_since_an_event_was_stored() {
        clock.add(Duration.ofMinutes(1));
        meters.published(List.of(stored(Duration.ofSeconds(3)), stored(Duration.ofSeconds(5))));
        assertThat(latency.count()).isEqualTo(2);
        assertThat(latency.totalTime(TimeUnit.SECONDS)).isEqualTo(8);
        assertThat(registry.get("outbox.relay.published").counter().count()).isEqualTo(2);
    }

    @Test
    void a_database_whose_clock_is_ahead_makes_no_latency_negative() {
        meters.published(List.of(stored(Duration.ofSeconds(-3))));
        assertThat(latency.count()).isEqualTo(1);
        assertThat(latency.totalTime(TimeUnit.SECONDS)).isZero();
    }

    @Test
    void all_meters_are_there_before_anything_has_happened() {
        for (FailureScope scope : FailureScope.values())
            for (String result : List.of("retry", "quarantine"))
                assertThat(registry.get("outbox.relay.failures")
                                .tag("scope", scope.name().toLowerCase())
                                .tag("result", result)
                                .counter()
                                .count())
                        .isZero();
        assertThat(registry.get("outbox.relay.circuit.state").gauge().value()).isZero();
        assertThat(registry.get("outbox.relay.lanes.busy").gauge().value()).isZero();
    }

    @Test
    void a_lane_without_events_is_no_batch() {
        meters.read(0);
        meters.read(20);
        assertThat(registry.get("outbox.relay.batch.size").summary().mean()).isEqualTo(20);
    }

    private Candidate stored(Duration ago) {
        Instant createdAt = Instant.ofEpochMilli(clock.wallTime()).minus(ago);
        OutboxRecord event = new OutboxRecord(
                1, new UUID(0, 1), "Order", "1", null, "E", "t", "text/plain", new byte[0], Map.of(), null, createdAt);
        return new Candidate(event, 0, 0, true, false, false);
    }
}
