package dev.outbox.boot;

import dev.outbox.EventStatus;
import dev.outbox.relay.Relay;
import dev.outbox.store.StateStore;
import dev.outbox.store.TableState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Down while events do not get out, or cannot: why, and since when. It goes by what was sampled last and by what the relay has seen, so a probe costs nothing. Nothing is lost while it is down, and
 * a restart does not help, so it is nothing for liveness.
 */
final class OutboxHealth implements Supplier<HealthReport> {
    private final Relay relay;
    private final TableSampler sampler;
    private final HealthProperties limits;
    private final Clock clock;

    OutboxHealth(Relay relay, TableSampler sampler, HealthProperties limits, Clock clock) {
        this.relay = relay;
        this.sampler = sampler;
        this.limits = limits;
        this.clock = clock;
    }

    @Override
    public HealthReport get() {
        HealthReport health = new HealthReport();
        TableSample sample = sampler.latest();
        TableState state = sample.state();
        tellOfTable(health, sample);
        if (state == null || state.backlog() > 0) tellOfBroker(health);
        if (state != null) {
            tellOfAge(health, sample, state);
            tellOfQuarantine(health, sample, state);
        }
        return health;
    }

    private void tellOfTable(HealthReport health, TableSample sample) {
        TableSample.Trouble trouble = sample.trouble();
        if (trouble != null) down(health, trouble.what(), trouble.since(), trouble.reason());
        else if (sample.takenAt().plus(sampler.patience()).isBefore(clock.instant()))
            down(health, "database", sample.takenAt(), "A look at the table of events gets no answer.");
    }

    /** A relay with nothing to send asks nobody, and does not notice that the broker is back. */
    private void tellOfBroker(HealthReport health) {
        relay.outage()
                .filter(outage -> outage.since().plus(limits.maxOutage()).isBefore(clock.instant()))
                .ifPresent(outage -> down(health, "broker", outage.since(), outage.reason()));
    }

    private void tellOfAge(HealthReport health, TableSample sample, TableState state) {
        if (state.oldestAge().compareTo(limits.maxAge()) <= 0) return;
        down(
                health,
                "age",
                sample.takenAt().minus(state.oldestAge()),
                "The oldest event that is pending or being retried waits for %s, which is longer than outbox.health.max-age (%s)."
                        .formatted(Duration.ofSeconds(state.oldestAge().toSeconds()), limits.maxAge()));
    }

    private void tellOfQuarantine(HealthReport health, TableSample sample, TableState state) {
        long quarantined = state.count(EventStatus.QUARANTINED);
        Instant since = sample.quarantineSince();
        if (quarantined == 0 || since == null) return;
        String reason = "%d%s events are in quarantine until somebody approves or discards them."
                .formatted(quarantined, quarantined < StateStore.CAP ? "" : " or more");
        if (limits.quarantine() == HealthProperties.Quarantine.DOWN) down(health, "quarantine", since, reason);
        else health.withDetail("quarantine", why(since, reason));
    }

    private static void down(HealthReport health, String what, Instant since, String reason) {
        health.down().withDetail(what, why(since, reason));
    }

    private static Map<String, Object> why(Instant since, String reason) {
        return Map.of("since", since, "reason", reason);
    }
}
