package dev.outbox.benchmarks;

import dev.outbox.EventFilter;
import dev.outbox.ReplayMode;
import dev.outbox.ReplayPlan;
import dev.outbox.store.EventSearch;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.ReplayRunStore.Claim;
import dev.outbox.store.ReplaySearch;
import dev.outbox.store.ReplayStore;
import dev.outbox.store.ReplayStore.NewReplay;
import dev.outbox.store.RetentionStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** Runs the statements of operations, replays and retention on the table as it is, and keeps their plans. */
final class OperatorPlans {
    private static final int PAGE = 100;
    private static final int CHUNK = 500;
    private static final Duration LEASE = Duration.ofHours(1);
    private static final ReplayPlan ALL = ReplayPlan.ofTypes(Set.of("OrderPlaced"));

    private final JdbcTemplate jdbc;
    private final ExplainedDataSource explained;
    private final PlansPage page;
    private final EventSearch search;
    private final ReplaySearch dryRuns;
    private final ReplayStore replays;
    private final ReplayRunStore runs;
    private final RetentionStore retention;

    OperatorPlans(JdbcTemplate jdbc, ExplainedDataSource explained, PlansPage page) {
        this.jdbc = jdbc;
        this.explained = explained;
        this.page = page;
        OutboxTables tables = OutboxTables.of(explained);
        this.search = new EventSearch(tables);
        this.dryRuns = new ReplaySearch(tables);
        this.replays = new ReplayStore(tables);
        this.runs = new ReplayRunStore(tables, replays);
        this.retention = new RetentionStore(tables, seqs -> Set.of());
    }

    void run() throws SQLException {
        explained.takePlans();
        retain();
        list();
        replay();
    }

    private void retain() throws SQLException {
        retention.archive(Duration.ZERO, 0, CHUNK);
        put("Retention: look", "Retention: archive", "-");
        retention.delete(Duration.ZERO, 0, CHUNK);
        put("-", "Retention: delete");
    }

    /** What nothing matches is looked for in each window to its end. */
    private void list() throws SQLException {
        search.find(EventFilter.all().withEventType("Nothing"), Long.MAX_VALUE, PAGE);
        put("List: the next window", "List: a window", "-", "-", "-", "-", "-", "-", "-");
        search.find(EventFilter.quarantined(), Long.MAX_VALUE, PAGE);
        put("List: what is held");
        search.quarantine();
        put("Quarantine by cause");
        search.impact(EventFilter.quarantined());
        put("Impact");
    }

    private void replay() throws SQLException {
        dryRuns.dryRun(ReplayPlan.ofTypes(Set.of("Nothing")));
        List<String> plans =
                explained.takePlans(); // the time, the highest and the lowest sequence, then two for each window
        page.put("Dry run: the next window", plans.get(3));
        page.put("Dry run: a window", plans.get(4));

        Claim all = started(ALL);
        runs.read(all.replay(), 0, CHUNK, Long.MAX_VALUE);
        put("-", "Replay: find a chunk", "Replay: read a chunk");
        Claim named = started(ReplayPlan.ofEvents(Set.copyOf(jdbc.queryForList(
                "SELECT event_id FROM outbox_events WHERE status = 'PUBLISHED' LIMIT ?", UUID.class, CHUNK))));
        runs.read(named.replay(), 0, CHUNK, Long.MAX_VALUE);
        put("Replay: find named events", "-");

        replays.cancel(named.replay().id(), () -> {});
        explained.takePlans();
        replays.among(jdbc.queryForList("SELECT seq FROM outbox_events ORDER BY seq LIMIT ?", Long.class, CHUNK));
        put("-", "Replays that are not over", "Retention: what replays need");
        replays.cancel(all.replay().id(), () -> {});
        explained.takePlans();
    }

    private Claim started(ReplayPlan plan) throws SQLException {
        replays.start(
                new NewReplay(
                        UUID.randomUUID(),
                        plan,
                        Long.MAX_VALUE,
                        Instant.now().plus(LEASE),
                        CHUNK,
                        false,
                        ReplayMode.NORMAL,
                        Set.of(),
                        CHUNK,
                        "plans"),
                () -> {});
        Claim claim = runs.claim("plans", LEASE).orElseThrow();
        explained.takePlans();
        return claim;
    }

    private void put(String... names) throws SQLException {
        page.put(explained.takePlans(), names);
    }
}
