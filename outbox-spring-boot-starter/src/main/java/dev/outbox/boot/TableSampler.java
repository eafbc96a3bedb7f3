package dev.outbox.boot;

import dev.outbox.EventStatus;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.store.Schema;
import dev.outbox.store.StateStore;
import dev.outbox.store.TableState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.transaction.TransactionException;

/**
 * Looks at the table of events from time to time, in a thread of its own, so that a scrape or a probe asks nobody and waits for nothing. A look that fails leaves nothing known until one succeeds.
 */
final class TableSampler implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(TableSampler.class);

    /** The rate is that of so many intervals. */
    private static final int RATE = 4;

    private final StateStore states;
    private final Schema schema;
    private final LongSupplier published;
    private final Duration interval;
    private final Clock clock;
    private final Deque<Count> counts = new ArrayDeque<>();
    private volatile TableSample sample;
    private volatile @Nullable SimpleAsyncTaskScheduler scheduler;

    private record Count(Instant at, long published) {}

    /**
     * @param schema of the same tables
     * @param published how many events this process has published so far
     */
    TableSampler(StateStore states, Schema schema, LongSupplier published, Duration interval, Clock clock) {
        this.states = states;
        this.schema = schema;
        this.published = published;
        this.interval = interval;
        this.clock = clock;
        this.sample = TableSample.none(clock.instant());
    }

    /** Never waits. */
    TableSample latest() {
        return sample;
    }

    /** Whether the database tells how large the table is. */
    boolean tellsSize() {
        return states.tellsSize();
    }

    /** How long a look may keep others waiting for its result before something is wrong with it. */
    Duration patience() {
        return interval.multipliedBy(3).plusSeconds(30);
    }

    /** Only one thread calls it. */
    void look() {
        TableSample before = sample;
        Instant now = clock.instant();
        try {
            schema.verify();
            TableState state = states.read();
            sample = new TableSample(state, drainTime(now, state), now, quarantineSince(before, state, now), null);
            if (before.trouble() != null) log.info("The outbox can look at its table again.");
        } catch (OutboxConfigurationException e) {
            sample = failed(before, "schema", now, e);
        } catch (DataAccessException | TransactionException e) {
            Throwable cause =
                    e.getCause() == null ? e : e.getCause(); // Spring names the statement, its cause says what is wrong
            sample = failed(before, "database", now, cause);
        }
    }

    private static @Nullable Instant quarantineSince(TableSample before, TableState state, Instant now) {
        if (state.count(EventStatus.QUARANTINED) == 0) return null;
        return before.quarantineSince() == null ? now : before.quarantineSince();
    }

    private TableSample failed(TableSample before, String what, Instant now, Throwable cause) {
        counts.clear();
        TableSample.Trouble known = before.trouble();
        Instant since = known != null && known.what().equals(what) ? known.since() : now;
        if (since.equals(now) && isRunning())
            log.warn(
                    "The outbox cannot look at its table, so there are no metrics of it until it can: {}",
                    cause.toString());
        return new TableSample(
                null,
                null,
                now,
                before.quarantineSince(),
                new TableSample.Trouble(what, since, String.valueOf(cause.getMessage())));
    }

    private @Nullable Duration drainTime(Instant now, TableState state) {
        counts.addLast(new Count(now, published.getAsLong()));
        if (counts.size() > RATE + 1) counts.removeFirst();
        if (state.backlog() == 0) return Duration.ZERO;
        Count first = counts.getFirst();
        long events = counts.getLast().published() - first.published();
        if (events <= 0) return null;
        return Duration.between(first.at(), now).multipliedBy(state.backlog()).dividedBy(events);
    }

    @Override
    public void start() {
        SimpleAsyncTaskScheduler started = new SimpleAsyncTaskScheduler();
        started.setThreadNamePrefix("outbox-samples-");
        started.scheduleWithFixedDelay(this::look, interval);
        scheduler = started;
    }

    @Override
    public void stop() {
        SimpleAsyncTaskScheduler running = scheduler;
        if (running != null) running.close();
        scheduler = null;
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }
}
