package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.spi.EventSender;
import dev.outbox.store.BatchRules;
import dev.outbox.store.Dialect;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.StateStore;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestSize;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Large tables, on PostgreSQL with statistics from before they were large. How much work a statement makes is told by the entries and rows that it looks at, not by a clock.
 */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
@Timeout(400)
class BacklogIntegrationTest {
    private static final Duration A_WHILE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Two chunks of released events, or a look at each lane: far less than any backlog here. */
    private static final long FEW = 2_500;

    private final boolean onPostgres;
    private final DatabaseSchema schema;
    private final Logger quarantineLog = (Logger) LoggerFactory.getLogger(LaneRun.class);
    private final DeliveryLog log = new DeliveryLog();
    private final SingleConnectionDataSource session;
    /** Those that earlier tests have left open. */
    private final List<Integer> sessionsBefore;

    private final Outbox outbox;
    private final Outbox counted;
    private Relay relay;
    private long looked;

    BacklogIntegrationTest(TestDatabase database) {
        onPostgres = database == TestDatabase.POSTGRESQL;
        schema = database.createSchema("backlog");
        session = new SingleConnectionDataSource(schema.jdbcUrl(), schema.username(), schema.password(), true);
        sessionsBefore = onPostgres ? otherSessions() : List.of();
        outbox = new Outbox(new Outbox(schema).tables, BatchRules.DEFAULT);
        counted = new Outbox(OutboxTables.of(session), BatchRules.DEFAULT);
        relay = relay(log);
    }

    @BeforeEach
    void start() {
        quarantineLog.setLevel(Level.OFF);
        publish("first");
        relay.start();
        await().until(() -> log.count("first") == 1);
        if (onPostgres) outbox.jdbc.sql("VACUUM ANALYZE outbox_events").update();
    }

    @AfterEach
    void stop() {
        relay.stop();
        session.destroy();
        quarantineLog.setLevel(null);
    }

    private Relay relay(EventSender sender) {
        return outbox.relay(
                sender, (event, error) -> {}, QuickRelay.SETTINGS.attempts(1).settings(), "test");
    }

    @Test
    void many_events_behind_a_blocked_one_do_not_hold_up_others_and_go_on_in_order_when_it_is_approved() {
        int many = TestSize.of(5_000, 100_000);
        UUID refused = block(many);
        log.refuse(null);
        assertThat(counted.operations.approve(refused, "a test")).isTrue();
        assertThat(looks()).as("looked at by the approval").isLessThan(FEW);
        relay.start();
        patiently().until(() -> log.count("A") == many + 1);
        assertThat(log.stored())
                .allSatisfy((key, seqs) -> assertThat(seqs).isSorted().doesNotHaveDuplicates());
    }

    @Test
    void many_events_behind_a_blocked_one_go_on_in_order_when_it_is_discarded_while_more_arrive() {
        int many = TestSize.of(5_000, 100_000);
        UUID refused = block(many);
        assertThat(counted.operations.discard(refused, "a test")).isTrue();
        assertThat(looks()).as("looked at by the discard").isLessThan(FEW);
        relay.start();
        int more = 0;
        while (log.count("A") < many) {
            publish("A");
            more++;
        }
        int all = many + more;
        patiently().until(() -> log.count("A") == all);
        assertThat(log.stored())
                .allSatisfy((key, seqs) -> assertThat(seqs).isSorted().doesNotHaveDuplicates());
    }

    /** Leaves the relay stopped and all followers parked. */
    private UUID block(int followers) {
        UUID refused = outbox.inTransaction(() -> {
            UUID id = outbox.publisher(relay::nudge).publish(OutboxMessage.of("Order", "A", "E", ""));
            log.refuse(id);
            return id;
        });
        await().until(() -> outbox.events.find(refused).orElseThrow().status() == EventStatus.QUARANTINED);
        write("A", followers);
        String neighbour = outbox.neighbourOf("A");
        for (int i = 1; i <= 20; i++) {
            publish(neighbour);
            int sent = i;
            await().atMost(A_WHILE).until(() -> log.count(neighbour) == sent);
        }
        patiently().until(() -> count(EventStatus.BLOCKED) == followers);
        assertThat(log.count("A")).as("sent before the refused one").isZero();
        relay.stop();
        assertThatPollsAreCheap();
        return refused;
    }

    @Test
    void a_hot_key_is_sent_in_order_once_each_while_other_lanes_go_on() {
        Executor slowly = CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);
        relay.stop();
        relay = relay(event -> event.aggregateId().equals("hot")
                ? CompletableFuture.supplyAsync(() -> event, slowly).thenCompose(log::send)
                : log.send(event));
        int hot = TestSize.of(500, 50_000);
        write("hot", hot);
        relay.start();
        for (int i = 0; i < 20; i++) {
            for (; log.count("hot") > hot - 100; hot += 100) write("hot", 100); // it does not run dry
            String key = "other " + i;
            publish(key);
            if (outbox.laneOf(lastOf(key)) == outbox.laneOf(lastOf("hot"))) continue;
            await().atMost(A_WHILE).until(() -> log.count(key) == 1);
        }
        patiently().until(() -> count(EventStatus.PENDING) == 0);
        assertThat(log.stored().get("hot")).hasSize(hot).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void a_long_history_costs_fresh_events_nothing() {
        relay.stop();
        write("old", TestSize.of(50_000, 1_000_000), EventStatus.PUBLISHED);
        assertThatPollsAreCheap();
        publish("new");
        assertThat(counted.batches
                        .read(counted.lanes.claim("counted", Duration.ZERO, 16), 500, Long.MAX_VALUE)
                        .candidates())
                .hasSize(1);
        assertThat(looks()).as("looked at to find it").isLessThan(FEW);
        relay.start();
        await().atMost(A_WHILE).until(() -> log.count("new") == 1);
        assertThat(log.count("old")).isZero();
    }

    /** On PostgreSQL with statistics from before there was a history, and then from a time when all of it was pending. */
    @Test
    void the_state_of_the_table_costs_little_however_much_was_published() {
        relay.stop();
        StateStore states = StateStore.of(counted.tables);
        int history = TestSize.of(50_000, 1_000_000);
        write("old", history, EventStatus.PUBLISHED);
        publish("new");
        assertThatTheStateIsCheap(states);
        if (!onPostgres) return;
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'PENDING' WHERE aggregate_id = 'old'")
                .update();
        outbox.jdbc.sql("VACUUM ANALYZE outbox_events").update();
        assertThat(states.read().count(EventStatus.PENDING)).isEqualTo(Math.min(history + 1, StateStore.CAP));
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'PUBLISHED' WHERE aggregate_id = 'old'")
                .update();
        outbox.jdbc.sql("VACUUM outbox_events").update();
        assertThatTheStateIsCheap(states);
    }

    private void assertThatTheStateIsCheap(StateStore states) {
        if (!onPostgres) renewStatistics();
        awaitLooksOfEndedSessions();
        assertThat(states.read().count(EventStatus.PENDING)).isEqualTo(1);
        assertThat(looks()).as("looked at to know the state").isLessThan(FEW);
    }

    @Test
    void a_backlog_is_drained_in_order_under_a_snapshot_that_is_older_than_it() throws Exception {
        int rounds = TestSize.of(50, 1_000);
        relay.stop();
        try (Connection holder = schema.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            holder.setReadOnly(true);
            holder.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.executeQuery("SELECT count(*) FROM outbox_events").next();
            for (int key = 0; key < 100; key++) write("key " + key, rounds);
            relay.start();
            patiently().until(() -> count(EventStatus.PENDING) == 0);
            try (var seen = statement.executeQuery("SELECT count(*) FROM outbox_events")) {
                seen.next();
                assertThat(seen.getInt(1)).as("in the snapshot").isEqualTo(1);
            }
        }
        assertThat(log.stored())
                .hasSize(101)
                .allSatisfy((key, seqs) -> assertThat(seqs)
                        .hasSize(key.equals("first") ? 1 : rounds)
                        .isSorted()
                        .doesNotHaveDuplicates());
    }

    private void assertThatPollsAreCheap() {
        if (!onPostgres) renewStatistics();
        awaitLooksOfEndedSessions();
        assertThat(counted.lanes.claim("counted", Duration.ZERO, 16)).isEmpty();
        assertThat(looks()).as("looked at by a poll").isLessThan(FEW);
    }

    /** InnoDB does so by itself some seconds after a tenth of a table has changed. */
    private void renewStatistics() {
        outbox.jdbc
                .sql("ANALYZE TABLE outbox_events")
                .query((row, number) -> "")
                .list();
    }

    /** Only PostgreSQL counts them together with the session's own, when they are gone. */
    private void awaitLooksOfEndedSessions() {
        if (onPostgres) await().until(() -> sessionsBefore.containsAll(otherSessions()));
        looks();
    }

    private List<Integer> otherSessions() {
        return JdbcClient.create(session)
                .sql(
                        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
                .query(Integer.class)
                .list();
    }

    /** Entries of indexes and rows that the counted session has looked at since it was asked last. */
    private long looks() {
        long now = onPostgres ? looksOnPostgres() : looksOnMySql();
        long looks = now - looked;
        looked = now;
        return looks;
    }

    /** In the events, and whatever else has ended. */
    private long looksOnPostgres() {
        counted.jdbc
                .sql("SELECT pg_stat_force_next_flush()")
                .query((row, number) -> "")
                .list();
        return counted.jdbc.sql("""
                        SELECT (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes i
                                WHERE i.schemaname = current_schema() AND i.relname = 'outbox_events') + seq_tup_read
                        FROM pg_stat_user_tables t WHERE t.schemaname = current_schema() AND t.relname = 'outbox_events'
                        """).query(Long.class).single();
    }

    /** In any table; the answer itself is some hundreds of rows. */
    private long looksOnMySql() {
        return counted
                .jdbc
                .sql("SHOW SESSION STATUS LIKE 'Handler_read_%'")
                .query((row, number) -> row.getLong(2))
                .list()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100));
    }

    private void publish(String key) {
        outbox.inTransaction(() -> outbox.publisher(relay::nudge).publish(OutboxMessage.of("Order", key, "E", "")));
    }

    private void write(String key, int events) {
        write(key, events, EventStatus.PENDING);
    }

    /** As many commits would have left them. */
    private void write(String key, int events, EventStatus status) {
        outbox.inTransaction(() -> {
            UUID template = outbox.publisher(() -> {}).publish(OutboxMessage.of("Order", key, "E", ""));
            outbox.jdbc
                    .sql("""
                            INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, event_type, topic, content_type,
                                                       payload, headers, status, created_at)
                            SELECT %s, lane, aggregate_type, aggregate_id, event_type, topic, content_type,
                                   payload, headers, :status, created_at
                            FROM (%s) n, outbox_events WHERE event_id = :template AND n.number BETWEEN 2 AND :events
                            """.formatted(onPostgres ? "gen_random_uuid()" : "random_bytes(16)", numbersTo(events)))
                    .param("status", status.name())
                    .param("events", events)
                    .param("template", dialect().id(template))
                    .update();
            return outbox.jdbc
                    .sql("UPDATE outbox_events SET status = :status WHERE event_id = :template")
                    .param("status", status.name())
                    .param("template", dialect().id(template))
                    .update();
        });
    }

    /** From 0 on, up to the next power of ten. */
    private static String numbersTo(int highest) {
        String digits = IntStream.range(0, 10)
                .mapToObj(digit -> "SELECT %d AS digit".formatted(digit))
                .collect(Collectors.joining(" UNION ALL "));
        String tables = "";
        String number = "0";
        int places = 0;
        for (int place = 1; place <= highest; place *= 10) {
            tables += "%s (%s) d%d".formatted(places == 0 ? "" : ",", digits, places);
            number += " + d%d.digit * %d".formatted(places++, place);
        }
        return "SELECT %s AS number FROM %s".formatted(number, tables);
    }

    private UUID lastOf(String key) {
        return outbox.jdbc
                .sql("SELECT event_id FROM outbox_events WHERE aggregate_id = :key ORDER BY seq DESC LIMIT 1")
                .param("key", key)
                .query((row, number) -> dialect().id(row, "event_id"))
                .single();
    }

    private Dialect dialect() {
        return Dialect.of(outbox.tables);
    }

    private long count(EventStatus status) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events WHERE status = :status")
                .param("status", status.name())
                .query(Long.class)
                .single();
    }
}
