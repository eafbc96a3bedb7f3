package dev.outbox.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.JacksonPayloadSerializer;
import dev.outbox.publish.MessageLimits;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.RelayStores;
import dev.outbox.store.BatchMarking;
import dev.outbox.store.BatchRules;
import dev.outbox.store.BatchStore;
import dev.outbox.store.CallerTransaction;
import dev.outbox.store.EventStore;
import dev.outbox.store.LaneStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.PostgresServer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** A new outbox in a schema of its own, which is dropped at the end, so that no measurement inherits the rows of another. */
final class Table implements AutoCloseable {
    static final int KEYS = 10_000;
    private static final int CONNECTIONS = 10;
    private static final byte[] PAYLOAD = new byte[500];

    final HikariDataSource dataSource;
    final JdbcTemplate jdbc;
    final TransactionTemplate transaction;
    final LaneStore lanes;
    final RelayStores stores;
    final String topic;
    private final PostgresSchema schema;

    static {
        for (int i = 0; i < PAYLOAD.length; i++) PAYLOAD[i] = (byte) ('a' + i * 31 % 26);
    }

    Table(PostgresServer server, String topic) {
        this.schema = server.createSchema("benchmark");
        this.topic = topic;
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(schema.jdbcUrl());
        pool.setUsername(schema.username());
        pool.setPassword(schema.password());
        pool.setMaximumPoolSize(CONNECTIONS);
        this.dataSource = new HikariDataSource(pool);
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        OutboxTables tables = OutboxTables.of(dataSource);
        Schema.outbox(tables).install();
        this.lanes = LaneStore.of(tables);
        BatchStore batches = BatchStore.of(tables, BatchRules.DEFAULT);
        this.stores = new RelayStores(lanes, batches, new BatchMarking(lanes, batches));
    }

    TransactionalOutboxPublisher publisher(Runnable afterCommit) {
        return new TransactionalOutboxPublisher(
                new CallerTransaction(dataSource),
                new EventStore(OutboxTables.of(dataSource)),
                lanes.count(),
                new JacksonPayloadSerializer(new JsonMapper()),
                new MessageLimits(MessageLimits.DEFAULT_MAX_PAYLOAD_BYTES),
                afterCommit);
    }

    /** A 500-byte event of a key. */
    OutboxMessage message(int key) {
        return message("order-%05d".formatted(key), PAYLOAD);
    }

    OutboxMessage message(String key, byte[] payload) {
        return OutboxMessage.of("Order", key, "OrderPlaced", payload)
                .topic(topic)
                .contentType("application/json");
    }

    static byte[] payload() {
        return PAYLOAD.clone();
    }

    /**
     * Writes a backlog: the publisher writes an event of each key, and rounds of one more event of each key are copies of these with new
     * ids and sequences.
     */
    void fill(int events) {
        add(events);
        settle();
    }

    /** The same with statistics that do not know of it. */
    void add(int events) {
        int written = Math.min(events, KEYS);
        publishEachKey(written);
        long first = highestSeq() - written;
        for (; written < events; written += KEYS) copy(first, Math.min(KEYS, events - written));
    }

    private void publishEachKey(int keys) {
        TransactionalOutboxPublisher publisher = publisher(() -> {});
        transaction.executeWithoutResult(status -> {
            for (int key = 0; key < keys; key++) publisher.publish(message(key));
        });
    }

    /** Writes events of one key, the first of them in quarantine. */
    void fillBlockedKey(int events) {
        OutboxMessage message = message("blocked", PAYLOAD);
        transaction.executeWithoutResult(status -> publisher(() -> {}).publish(message));
        jdbc.update("UPDATE outbox_events SET status = 'QUARANTINED', attempts = 10 WHERE aggregate_id = 'blocked'");
        jdbc.update(COPY.formatted("generate_series(1, ?),"), events, highestSeq() - 1, 1);
    }

    private void copy(long first, int events) {
        jdbc.update(COPY.formatted(""), first, events);
    }

    private static final String COPY = """
            INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, event_type, topic, content_type,
                                       payload, headers, status, created_at)
            SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
                    || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid,
                   lane, aggregate_type, aggregate_id, event_type, topic, content_type,
                   payload, headers, 'PENDING', clock_timestamp()
            FROM %s (SELECT * FROM outbox_events WHERE seq > ? ORDER BY seq LIMIT ?) template
            """;

    /** Marks everything as published, as a relay that has been through, and lets VACUUM come by. */
    void publishAll() {
        jdbc.update("UPDATE outbox_events SET status = 'PUBLISHED', published_at = clock_timestamp()");
        jdbc.execute("VACUUM outbox_events");
        settle();
    }

    /** What autovacuum would do in time, and no checkpoint that falls due in the middle of a measurement. */
    void settle() {
        jdbc.execute("ANALYZE outbox_events");
        jdbc.execute("CHECKPOINT");
        Disk.settle();
    }

    private long highestSeq() {
        Long highest = jdbc.queryForObject("SELECT coalesce(max(seq), 0) FROM outbox_events", Long.class);
        return highest == null ? 0 : highest;
    }

    long count(String status) {
        Long count = jdbc.queryForObject("SELECT count(*) FROM outbox_events WHERE status = ?", Long.class, status);
        return count == null ? 0 : count;
    }

    @Override
    public void close() {
        jdbc.execute("DROP SCHEMA " + schema.name() + " CASCADE");
        dataSource.close();
    }
}
