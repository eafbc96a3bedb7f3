package dev.outbox.benchmarks;

import dev.outbox.EventFilter;
import dev.outbox.EventStatus;
import dev.outbox.ReplayPlan;
import dev.outbox.store.EventSearch;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ReplaySearch;
import java.time.Instant;
import java.util.Set;

/** How long operators wait for what they ask, with much published, a hundred thousand events behind a blocked key, and a thousand more in quarantine. The slowest question of a kind counts. */
final class OperatorsView {
    private static final int BLOCKED = 100_000;
    private static final int QUARANTINED = 1_000;
    private static final int PAGE = 100;

    private final Server server;
    private final Options options;
    private final Results results;

    OperatorsView(Server server, Options options, Results results) {
        this.server = server;
        this.options = options;
        this.results = results;
    }

    void run() throws Exception {
        try (Table table = new Table(server, "orders")) {
            table.add(options.events());
            table.publishAll();
            table.fillBlockedKey(BLOCKED);
            quarantine(table);
            table.settle();
            EventSearch search = new EventSearch(OutboxTables.of(table.dataSource));
            ReplaySearch replays = new ReplaySearch(OutboxTables.of(table.dataSource));
            for (int round = 0; round < options.pairs(); round++) {
                try (PeakHeap heap = new PeakHeap()) {
                    results.add("list_ms", slowest(lists(search)));
                    results.add("quarantine_ms", slowest(quarantines(search)));
                    results.add("dry_run_ms", slowest(dryRuns(replays)));
                    results.add("operations_heap_mb", heap.usedMegabytes());
                }
            }
        }
    }

    private static void quarantine(Table table) {
        table.jdbc.update("""
                UPDATE outbox_events SET status = 'QUARANTINED', last_error = 'RecordTooLargeException', failed_at = created_at, published_at = NULL
                WHERE seq <= ? OR status = 'QUARANTINED'
                """, QUARANTINED);
    }

    private static Runnable[] lists(EventSearch search) {
        EventFilter all = EventFilter.all();
        EventFilter published = all.withStatus(EventStatus.PUBLISHED);
        return new Runnable[] {
            () -> search.find(all, Long.MAX_VALUE, PAGE),
            () -> search.find(all, QUARANTINED + PAGE, PAGE),
            () -> search.find(published.withEventType("Nothing"), Long.MAX_VALUE, PAGE),
            () -> search.find(all.withKey("Order", "order-00001"), Long.MAX_VALUE, PAGE),
            () -> search.find(all.withPeriod(null, Instant.EPOCH), Long.MAX_VALUE, PAGE),
            () -> search.find(all.withStatus(EventStatus.PENDING), Long.MAX_VALUE, PAGE),
            () -> search.find(all.withStatus(EventStatus.BLOCKED), Long.MAX_VALUE, PAGE),
            () -> search.find(EventFilter.quarantined().withError("TooLarge"), Long.MAX_VALUE, PAGE),
        };
    }

    private static Runnable[] quarantines(EventSearch search) {
        return new Runnable[] {
            search::quarantine, () -> search.impact(EventFilter.quarantined()),
        };
    }

    private static Runnable[] dryRuns(ReplaySearch replays) {
        return new Runnable[] {
            () -> replays.dryRun(ReplayPlan.ofPeriod(Instant.EPOCH, null)),
            () -> replays.dryRun(ReplayPlan.ofPeriod(null, Instant.EPOCH)),
            () -> replays.dryRun(ReplayPlan.ofTypes(Set.of("Nothing"))),
            () -> replays.dryRun(ReplayPlan.ofAggregates(Set.of("order-00001", "order-09999"))),
        };
    }

    private static double slowest(Runnable[] questions) {
        double slowest = 0;
        for (Runnable question : questions) {
            long start = System.nanoTime();
            question.run();
            slowest = Math.max(slowest, (System.nanoTime() - start) / 1e6);
        }
        return slowest;
    }
}
