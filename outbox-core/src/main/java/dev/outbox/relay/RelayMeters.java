package dev.outbox.relay;

import dev.outbox.spi.FailureScope;
import dev.outbox.store.Candidate;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a relay counts and times. Every meter is looked up once, here, because more than 100,000 events a second may pass; and no tag has values that the application
 * decides on. Safe for use by many threads.
 */
final class RelayMeters {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Clock clock;
    private final Counter published;
    private final Timer latency;
    /** Beside the counter, which a registry may reset or leave out. */
    private final LongAdder publishedSoFar = new LongAdder();

    private final DistributionSummary batchSize;
    private final Map<FailureScope, Failures> failures = new EnumMap<>(FailureScope.class);
    private final Counter quarantined;
    private final Counter lostLeases;
    private final AtomicInteger busyLanes = new AtomicInteger();
    private volatile @Nullable BrokerBreaker breaker;

    private record Failures(Counter retried, Counter quarantined) {}

    RelayMeters(MeterRegistry registry) {
        clock = registry.config().clock();
        published = Counter.builder("outbox.relay.published")
                .description("Events that were acknowledged by the broker and marked as published")
                .register(registry);
        latency = Timer.builder("outbox.relay.publish.latency")
                .description("From the time when an event was stored to the mark of its acknowledgement")
                .publishPercentileHistogram()
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST)
                .register(registry);
        batchSize = DistributionSummary.builder("outbox.relay.batch.size")
                .description("Events that were read together, where there were any")
                .register(registry);
        for (FailureScope scope : FailureScope.values())
            failures.put(
                    scope, new Failures(failures(registry, scope, "retry"), failures(registry, scope, "quarantine")));
        quarantined = Counter.builder("outbox.relay.quarantined")
                .description("Events that were put into quarantine")
                .register(registry);
        lostLeases = Counter.builder("outbox.relay.leases.lost")
                .description("Lanes that another relay had taken over before this one could mark what it had sent")
                .register(registry);
        Gauge.builder("outbox.relay.circuit.state", this, RelayMeters::circuit)
                .description("The circuit to the broker: 0 closed, 1 half open, 2 open")
                .register(registry);
        Gauge.builder("outbox.relay.lanes.busy", busyLanes, AtomicInteger::get)
                .description("Lanes that this relay works on now")
                .register(registry);
    }

    private static Counter failures(MeterRegistry registry, FailureScope scope, String result) {
        return Counter.builder("outbox.relay.failures")
                .description(
                        "Sends that failed, by what the failure says something about and what becomes of the event")
                .tag("scope", scope.name().toLowerCase(Locale.ROOT))
                .tag("result", result)
                .register(registry);
    }

    /** From now on the circuit's state is that of this breaker. */
    void watch(BrokerBreaker breaker) {
        this.breaker = breaker;
    }

    private double circuit() {
        BrokerBreaker watched = breaker;
        return watched == null ? 0 : watched.level();
    }

    /** A batch that was read. */
    void read(int events) {
        if (events > 0) batchSize.record(events);
    }

    /**
     * Events that are marked now. They were stored by the database's clock and are marked by this JVM's: where one is ahead of the other, the latency is wrong by that much, and
     * never less than zero. An event is stored when it is published, a little before its transaction commits.
     */
    void published(Collection<Candidate> events) {
        if (events.isEmpty()) return;
        published.increment(events.size());
        publishedSoFar.add(events.size());
        long now = clock.wallTime();
        for (Candidate event : events)
            latency.record(Math.max(0, now - event.event().createdAt().toEpochMilli()), TimeUnit.MILLISECONDS);
    }

    long publishedSoFar() {
        return publishedSoFar.sum();
    }

    /** A send that has failed. */
    void failed(FailureScope scope, boolean toQuarantine) {
        Failures ofScope = Objects.requireNonNull(failures.get(scope));
        (toQuarantine ? ofScope.quarantined() : ofScope.retried()).increment();
    }

    void quarantined(int events) {
        quarantined.increment(events);
    }

    void lostLease() {
        lostLeases.increment();
    }

    /** More lanes than before, or fewer. */
    void busyLanes(int more) {
        busyLanes.addAndGet(more);
    }
}
