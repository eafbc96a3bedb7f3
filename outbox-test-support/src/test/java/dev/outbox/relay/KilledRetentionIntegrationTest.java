package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.retention.EventRetention;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import dev.outbox.retention.RetentionRun;
import dev.outbox.store.Dialect;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.RetentionStore;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Retention that comes to a halt in the middle of a chunk: its rows are in the archive already, and not deleted yet. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
@Timeout(60)
class KilledRetentionIntegrationTest {
    private static final RetentionRules RULES =
            new RetentionRules(RetentionMode.ARCHIVE, Duration.ofDays(7), null, null, 3);

    private final TestDatabase database;
    private final DatabaseSchema schema;
    private final Outbox outbox;
    private final SingleConnectionDataSource session;
    private List<Long> old = List.of();
    private long halted;

    KilledRetentionIntegrationTest(TestDatabase database) {
        this.database = database;
        schema = database.createSchema("killed");
        outbox = new Outbox(new KeptConnections(schema));
        session = new SingleConnectionDataSource(schema.jdbcUrl(), schema.username(), schema.password(), true);
    }

    @BeforeEach
    void publishLongAgo() {
        for (int i = 0; i < 10; i++) outbox.publish("A", i);
        String then = Dialect.of(outbox.tables)
                .after(String.valueOf(-Duration.ofDays(8).toSeconds() * 1_000_000));
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'PUBLISHED', created_at = %1$s, published_at = %1$s"
                        .formatted(then))
                .update();
        old = seqs("outbox_events");
    }

    @AfterEach
    void close() {
        session.destroy();
    }

    @Test
    void each_event_is_in_one_table_when_a_run_is_killed_in_the_middle_of_a_chunk() throws Exception {
        try (Connection other = schema.connect();
                Statement statement = other.createStatement()) {
            CompletableFuture<RetentionRun> run = haltInTheThirdChunk(other, statement);
            kill();
            assertThatThrownBy(run::get).isInstanceOf(ExecutionException.class);
            other.rollback();
        }
        assertThat(seqs("outbox_archived_events")).isEqualTo(old.subList(0, 6));
        assertThat(seqs("outbox_events")).isEqualTo(old.subList(6, 10));

        assertThat(retention(outbox.tables)
                        .run(Duration.ofMinutes(1), () -> true)
                        .archived())
                .isEqualTo(4);
        assertThat(seqs("outbox_archived_events")).isEqualTo(old);
        assertThat(seqs("outbox_events")).isEmpty();
    }

    @Test
    void publishers_and_relays_go_on_meanwhile() throws Exception {
        try (Connection other = schema.connect();
                Statement statement = other.createStatement()) {
            CompletableFuture<RetentionRun> run = haltInTheThirdChunk(other, statement);
            Broker broker = new Broker();
            Relay relay =
                    outbox.relay(broker, (event, error) -> {}, QuickRelay.SETTINGS.settings(), "beside the retention");
            relay.start();
            try {
                List<UUID> events = Stream.of("A", "B", "A")
                        .map(key -> outbox.publish(key, "new"))
                        .toList();
                await().until(() -> events.stream()
                        .allMatch(id -> outbox.events.find(id).orElseThrow().status() == EventStatus.PUBLISHED));
            } finally {
                relay.stop();
            }
            assertThat(run).isNotDone();
            other.rollback();
            assertThat(run.get().archived()).isEqualTo(10);
        }
    }

    /** Somebody holds the lock of one of its events. */
    private CompletableFuture<RetentionRun> haltInTheThirdChunk(Connection other, Statement statement)
            throws Exception {
        other.setAutoCommit(false);
        statement.executeQuery("SELECT seq FROM outbox_events WHERE seq = %d FOR UPDATE".formatted(old.get(7)));
        EventRetention retention = retention(OutboxTables.of(session));
        long id = sessionId();
        CompletableFuture<RetentionRun> run =
                CompletableFuture.supplyAsync(() -> retention.run(Duration.ofMinutes(1), () -> true));
        await().until(() -> seqs("outbox_archived_events").equals(old.subList(0, 6)) && waits(id));
        halted = id;
        return run;
    }

    private static EventRetention retention(OutboxTables tables) {
        return new EventRetention(new RetentionStore(tables, EventsInUse.NONE), RULES);
    }

    private long sessionId() {
        return JdbcClient.create(session)
                .sql("SELECT " + (onPostgres() ? "pg_backend_pid()" : "connection_id()"))
                .query(Long.class)
                .single();
    }

    private boolean waits(long id) {
        String sql = onPostgres()
                ? "SELECT count(*) FROM pg_stat_activity WHERE pid = :id AND wait_event_type = 'Lock'"
                : "SELECT count(*) FROM information_schema.processlist WHERE id = :id AND info LIKE '%DELETE FROM%'";
        return outbox.jdbc.sql(sql).param("id", id).query(Long.class).single() == 1;
    }

    private void kill() {
        String kill = onPostgres() ? "SELECT pg_terminate_backend(%d)" : "KILL %d";
        new JdbcTemplate(outbox.dataSource).execute(kill.formatted(halted));
    }

    private boolean onPostgres() {
        return database == TestDatabase.POSTGRESQL;
    }

    private List<Long> seqs(String table) {
        return outbox.jdbc
                .sql("SELECT seq FROM %s ORDER BY seq".formatted(table))
                .query(Long.class)
                .list();
    }
}
