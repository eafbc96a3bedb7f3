package dev.outbox.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.outbox.OutboxMessage;
import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.format.Jackson3Format;
import dev.outbox.publish.MessageLimits;
import dev.outbox.publish.PublishRules;
import dev.outbox.publish.TopicRouting;
import dev.outbox.publish.TopicRules;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.RelayStores;
import dev.outbox.store.BatchMarking;
import dev.outbox.store.BatchRules;
import dev.outbox.store.BatchStore;
import dev.outbox.store.CallerTransaction;
import dev.outbox.store.Dialect;
import dev.outbox.store.EventStore;
import dev.outbox.store.LaneStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.tracing.PublishTracing;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * A new outbox in a schema of its own, which is dropped at the end, so that no measurement inherits the rows of another. The connections of the relay are
 * READ COMMITTED, those of the application as the database has them.
 */
final class Table implements AutoCloseable {
    static final int KEYS = 10_000;
    private static final int TRANSACTION = 1_000;
    private static final byte[] PAYLOAD = new byte[500];

    final Server server;
    final HikariDataSource dataSource;
    final HikariDataSource relayDataSource;
    final JdbcTemplate jdbc;
    final JdbcTemplate relayJdbc;
    final TransactionTemplate transaction;
    final TransactionTemplate relayTransaction;
    final LaneStore lanes;
    final RelayStores stores;
    final Dialect dialect;
    final String topic;
    private final DatabaseSchema schema;

    /** Of its publishers. */
    PublishTracing tracing = PublishTracing.OFF;

    static {
        for (int i = 0; i < PAYLOAD.length; i++) PAYLOAD[i] = (byte) ('a' + i * 31 % 26);
    }

    Table(Server server, String topic) {
        this.server = server;
        this.topic = topic;
        this.schema = server.createSchema();
        this.dataSource = server.connect(schema);
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        this.relayDataSource = server.connectReadCommitted(schema);
        this.relayJdbc = new JdbcTemplate(relayDataSource);
        this.relayTransaction = new TransactionTemplate(new DataSourceTransactionManager(relayDataSource));
        OutboxTables tables = OutboxTables.of(relayDataSource);
        Schema.outbox(tables).install();
        this.dialect = Dialect.of(tables);
        this.lanes = LaneStore.of(tables);
        BatchStore batches = BatchStore.of(tables, BatchRules.DEFAULT);
        this.stores = new RelayStores(lanes, batches, new BatchMarking(lanes, batches));
    }

    TransactionalOutboxPublisher publisher(Runnable afterCommit) {
        return publisher(EncryptionPolicy.off(), afterCommit);
    }

    TransactionalOutboxPublisher publisher(EncryptionPolicy encryption, Runnable afterCommit) {
        return new TransactionalOutboxPublisher(
                new CallerTransaction(dataSource),
                new EventStore(OutboxTables.of(dataSource)),
                lanes.count(),
                new Jackson3Format(new JsonMapper()),
                new PublishRules(
                        new MessageLimits(MessageLimits.DEFAULT_MAX_PAYLOAD_BYTES),
                        new TopicRouting(TopicRules.DEFAULT, type -> null),
                        encryption,
                        tracing,
                        true),
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

    /** Publishes events one by one, round by round of all keys: copies of what is encrypted could not be decrypted. */
    void publish(EncryptionPolicy encryption, int events) {
        TransactionalOutboxPublisher publisher = publisher(encryption, () -> {});
        for (int first = 0; first < events; first += TRANSACTION) {
            int from = first;
            int to = Math.min(first + TRANSACTION, events);
            transaction.executeWithoutResult(status -> {
                for (int event = from; event < to; event++) publisher.publish(message(event % KEYS));
            });
        }
        settle();
    }

    /** Writes events of one key, the first of them in quarantine. */
    void fillBlockedKey(int events) {
        OutboxMessage message = message("blocked", PAYLOAD);
        transaction.executeWithoutResult(status -> publisher(() -> {}).publish(message));
        jdbc.update(
                "UPDATE outbox_events SET status = 'QUARANTINED', attempts = 10, failed_at = created_at WHERE aggregate_id = 'blocked'");
        long first = highestSeq() - 1;
        // each time as many as are there, the first one not counted
        for (int written = 1; written <= events; written *= 2) copy(first, Math.min(written, events + 1 - written));
    }

    private void copy(long first, int events) {
        jdbc.update("""
                INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, event_type, topic, content_type,
                                           payload, headers, status, created_at)
                SELECT %s, lane, aggregate_type, aggregate_id, event_type, topic, content_type,
                       payload, headers, 'PENDING', %s
                FROM (SELECT * FROM outbox_events WHERE seq > ? ORDER BY seq LIMIT ?) template
                """.formatted(server.product.newId(), dialect.now()), first, events);
    }

    /** Marks everything as published, as a relay that has been through, and lets the database clean up behind it. */
    void publishAll() {
        jdbc.update("UPDATE outbox_events SET status = 'PUBLISHED', published_at = " + dialect.now());
        server.upkeep.vacuum(jdbc);
        settle();
    }

    /** Nothing that the database puts off shall fall due in the middle of a measurement. */
    void settle() {
        server.upkeep.settle(jdbc);
    }

    /** The time of the database, in microseconds. */
    long now() {
        return micros("SELECT %s AS time".formatted(dialect.now()));
    }

    /** When the last event was marked, in microseconds of the database's clock. */
    long lastPublished() {
        return micros("SELECT max(published_at) AS time FROM outbox_events");
    }

    private long micros(String query) {
        Long micros = jdbc.queryForObject(
                query,
                (row, number) -> ChronoUnit.MICROS.between(
                        Instant.EPOCH, Objects.requireNonNull(dialect.instant(row, "time"), "there is no such time")));
        return Objects.requireNonNull(micros);
    }

    long highestSeq() {
        Long highest = jdbc.queryForObject("SELECT coalesce(max(seq), 0) FROM outbox_events", Long.class);
        return highest == null ? 0 : highest;
    }

    long count(String status) {
        Long count = jdbc.queryForObject("SELECT count(*) FROM outbox_events WHERE status = ?", Long.class, status);
        return count == null ? 0 : count;
    }

    @Override
    public void close() {
        server.drop(schema, jdbc);
        relayDataSource.close();
        dataSource.close();
    }
}
