package dev.outbox.benchmarks;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.deadletter.store.DeadLetterStore;
import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.inbox.store.AggregateKey;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.inbox.store.VersionStore;
import dev.outbox.store.OutboxTables;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs the statements of the inbox on tables with a history, and keeps their plans. */
final class InboxPlans {
    private static final int HANDLED = 1_000_000;
    private static final int VERSIONS = 200_000;
    private static final int DEAD_LETTERS = 50_000;
    private static final int HELD_KEYS = 5_000;
    private static final int BATCH = 500;
    private static final String CONSUMER = "notification";

    private final ConsumerDatabase database;
    private final ExplainedDataSource explained;
    private final PlansPage page;
    private final TransactionTemplate transaction;
    private final InboxStore store;
    private final VersionStore versions;
    private final HeldKeyStore heldKeys;
    private final DeadLetterStore deadLetters;

    InboxPlans(ConsumerDatabase database, ExplainedDataSource explained, PlansPage page) {
        this.database = database;
        this.explained = explained;
        this.page = page;
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(explained));
        OutboxTables tables = new OutboxTables(explained, null, InboxStore.DEFAULT_PREFIX);
        this.store = new InboxStore(tables);
        this.versions = new VersionStore(tables);
        this.heldKeys = new HeldKeyStore(tables);
        this.deadLetters = new DeadLetterStore(tables);
    }

    void run() throws SQLException {
        database.jdbc.execute("ANALYZE"); // while everything is empty
        database.fillHistory(CONSUMER, HANDLED / 2);
        database.fillHistory(ConsumerDatabase.OTHER, HANDLED / 2);
        fillOthers();
        events();
        keys();
        letters();
    }

    private void fillOthers() {
        database.jdbc.update("""
                INSERT INTO inbox_versions (consumer, aggregate_type, aggregate_id, aggregate_version)
                SELECT CASE n % 2 WHEN 0 THEN ? ELSE 'other' END, 'Order', 'order-' || n, 1 FROM generate_series(1, ?) n
                """, CONSUMER, VERSIONS);
        database.jdbc.update("""
                INSERT INTO inbox_held_keys (consumer, aggregate_type, aggregate_id, since)
                SELECT ?, 'Order', 'order-' || n, now() FROM generate_series(1, ?) n
                """, CONSUMER, HELD_KEYS);
        database.jdbc.update("""
                INSERT INTO inbox_dead_letters (consumer, event_id, replay_id, aggregate_type, aggregate_id, event_type, source_topic, source_partition,
                                                source_offset, copy_topic, copy_partition, copy_offset, attempts, error, follower, failed_at)
                SELECT CASE WHEN n %% 2 = 0 THEN ? ELSE 'other' END, %s, '', 'Order', 'order-' || n %% ?, 'OrderPlaced', 'orders', 0, n, 'orders.DLT', 0, n, 4, 'why', false, now()
                FROM generate_series(1, ?) n
                """.formatted(database.newId()), CONSUMER, HELD_KEYS, DEAD_LETTERS);
    }

    private void events() throws SQLException {
        List<Delivery> handled = database.jdbc.query(
                "SELECT event_id FROM inbox_events WHERE consumer = ? ORDER BY handled_at LIMIT ?",
                (row, n) -> new Delivery(row.getObject(1, UUID.class), ""),
                CONSUMER,
                BATCH);
        store.record(CONSUMER, handled.get(0), InboxStatus.HANDLED, 1);
        put("Record one");
        store.recorded(CONSUMER, Set.copyOf(handled));
        put("Look for a batch");
        Map<Delivery, InboxStatus> others = handled.stream()
                .collect(toMap(delivery -> new Delivery(UUID.randomUUID(), ""), delivery -> InboxStatus.HANDLED));
        store.recordAll(CONSUMER, others);
        put("Record a batch");
        store.forget(Duration.ofDays(20), BATCH);
        put("Forget");
    }

    private void keys() throws SQLException {
        transaction.executeWithoutResult(status ->
                versions.lock(CONSUMER, keys(2, 100, id -> new AggregateKey("Order", id))));
        put("Lock versions");
        heldKeys.heldAmong(CONSUMER, Set.of(new EventKey("Order", "order-77")));
        put("Look for a held key");
        heldKeys.heldAmong(CONSUMER, keys(HELD_KEYS - 100, BATCH, id -> new EventKey("Order", id)));
        put("Load held keys", "Look for held keys");
    }

    private void letters() throws SQLException {
        deadLetters.list(DeadLetterFilter.of(CONSUMER), DEAD_LETTERS / 2, BATCH);
        put("List dead letters");
        deadLetters.first(CONSUMER, new EventKey("Order", "order-78"));
        put("The first dead letter of a key");
    }

    private static <K> Set<K> keys(int first, int count, Function<String, K> key) {
        return IntStream.range(first, first + count)
                .mapToObj(n -> key.apply("order-" + n))
                .collect(toSet());
    }

    private void put(String... names) throws SQLException {
        page.put(explained.takePlans(), names);
    }
}
