package dev.outbox.boot;

import dev.outbox.EventStatus;
import dev.outbox.retention.TableForecast;
import dev.outbox.store.StateStore;
import dev.outbox.store.TableState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Gauges of the table of events and of replays, as it was sampled last; NaN as long as nothing is known. */
final class TableMeters implements MeterBinder {
    private final TableSampler sampler;
    private final @Nullable TableForecast forecast;

    /** @param forecast null where the tables have no limit */
    TableMeters(TableSampler sampler, @Nullable TableForecast forecast) {
        this.sampler = sampler;
        this.forecast = forecast;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Arrays.stream(EventStatus.values())
                .filter(status -> !status.isFinal())
                .forEach(status -> of("outbox.events", state -> state.count(status))
                        .description("Events that are not finished; a count stops at %d, which means that many or more"
                                .formatted(StateStore.CAP))
                        .tag("status", status.name().toLowerCase(Locale.ROOT))
                        .register(registry));
        of("outbox.pending.oldest.age", state -> seconds(state.oldestAge()))
                .description("Since the oldest event was stored that is pending or being retried; 0 when there is none")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder(
                        "outbox.drain.time",
                        sampler,
                        known -> seconds(known.latest().drainTime()))
                .description(
                        "Until what is pending or being retried is gone, at the rate at which this process publishes; NaN when it does not")
                .baseUnit("seconds")
                .register(registry);
        bindReplays(registry);
        if (!sampler.tellsSize()) return;
        of(
                        "outbox.table.size",
                        state ->
                                known(state.size() == null ? null : state.size().bytes()))
                .description("The table of events with its indexes")
                .baseUnit("bytes")
                .register(registry);
        of(
                        "outbox.table.rows",
                        state ->
                                known(state.size() == null ? null : state.size().rows()))
                .description(
                        "Rows of the table of events, finished ones included, as the database's statistics have it: an estimate")
                .register(registry);
        if (forecast == null) return;
        Gauge.builder(
                        "outbox.table.limit.time",
                        forecast,
                        known -> seconds(known.timeToLimit().orElse(null)))
                .description(
                        "Until the tables of events and of archived ones reach outbox.retention.table-limit, if they go on growing as they do; NaN while they do not")
                .baseUnit("seconds")
                .register(registry);
    }

    private void bindReplays(MeterRegistry registry) {
        String description = "Replays that are not over";
        of("outbox.replays", state -> state.replays().running())
                .description(description)
                .tag("status", "running")
                .register(registry);
        of("outbox.replays", state -> state.replays().paused())
                .description(description)
                .tag("status", "paused")
                .register(registry);
        of("outbox.replay.remaining", state -> state.replays().remaining())
                .description("Events that running and paused replays have still to send, as far as their dry runs tell")
                .register(registry);
    }

    private Gauge.Builder<TableSampler> of(String name, ToDoubleFunction<TableState> value) {
        return Gauge.builder(name, sampler, known -> {
            TableState state = known.latest().state();
            return state == null ? Double.NaN : value.applyAsDouble(state);
        });
    }

    private static double seconds(@Nullable Duration duration) {
        return duration == null ? Double.NaN : duration.toNanos() / 1e9;
    }

    private static double known(@Nullable Long number) {
        return number == null ? Double.NaN : number;
    }
}
