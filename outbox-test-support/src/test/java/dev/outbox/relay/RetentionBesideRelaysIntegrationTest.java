package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.retention.EventRetention;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import dev.outbox.retention.RetentionRun;
import dev.outbox.store.Dialect;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.RetentionStore;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestSize;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Retention that archives everything as soon as it is finished, all the time, beside writers, two relays, an erratic broker and an operator: thousands of times as eager as it ever is. The name of
 * a failed run has its database and its seed.
 */
@ParameterizedClass(name = "{0}, seed {1}")
@MethodSource("databasesAndSeeds")
@Timeout(300)
class RetentionBesideRelaysIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KEYS = 30;
    private static final int WRITERS = 3;
    private static final int TRANSACTIONS = 60;
    private static final RetentionRules AT_ONCE =
            new RetentionRules(RetentionMode.ARCHIVE, Duration.ofMillis(1), null, null, 50);

    private final Logger logs = (Logger) LoggerFactory.getLogger("dev.outbox");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Relay> relays = new ArrayList<>();
    private final Outbox outbox;
    private final Dialect dialect;
    private final EventRetention retention;
    private final long seed;
    private volatile boolean over;

    RetentionBesideRelaysIntegrationTest(TestDatabase database, long seed) {
        outbox = new Outbox(database.createSchema("beside"));
        dialect = Dialect.of(outbox.tables);
        retention = new EventRetention(new RetentionStore(outbox.tables, EventsInUse.NONE), AT_ONCE);
        this.seed = seed;
    }

    static Stream<Arguments> databasesAndSeeds() {
        return Stream.of(TestDatabase.values())
                .flatMap(database -> LongStream.rangeClosed(1, Long.getLong("outbox.test.seeds", TestSize.of(1, 10)))
                        .mapToObj(seed -> Arguments.of(database, seed)));
    }

    @BeforeEach
    void createKeys() {
        logs.setLevel(Level.OFF); // failures are the point
        outbox.jdbc.sql("DELETE FROM outbox_lanes WHERE lane > 7").update();
        outbox.jdbc.sql("CREATE TABLE aggregates (id varchar(20) PRIMARY KEY)").update();
        for (int key = 0; key < KEYS; key++) {
            outbox.jdbc
                    .sql("INSERT INTO aggregates VALUES (:key)")
                    .param("key", "key " + key)
                    .update();
        }
    }

    @AfterEach
    void stop() {
        over = true;
        threads.shutdownNow();
        relays.forEach(Relay::stop);
        logs.setLevel(null);
    }

    @Test
    void nothing_is_lost_and_the_order_is_kept() throws Exception {
        ErraticBroker broker = new ErraticBroker(seed);
        for (String name : List.of("one", "two")) {
            Relay relay = outbox.relay(
                    broker,
                    (event, error) -> {},
                    QuickRelay.SETTINGS
                            .batch(20)
                            .lease(Duration.ofSeconds(1))
                            .send(Duration.ofMillis(150))
                            .attempts(2)
                            .settings(),
                    name);
            relays.add(relay);
            relay.start();
        }
        Future<?> operator = threads.submit(() -> operate(new Random(seed)));
        Future<Long> archived = threads.submit(this::retain);
        List<Future<Integer>> writers = IntStream.range(0, WRITERS)
                .mapToObj(number -> threads.submit(() -> write(new Random(seed * 31 + number))))
                .toList();
        int published = 0;
        for (Future<Integer> writer : writers) published += writer.get();
        await().atMost(PATIENCE)
                .until(() -> outbox.jdbc
                                .sql("SELECT count(*) FROM outbox_events")
                                .query(Long.class)
                                .single()
                        == 0);
        over = true;
        operator.get();

        assertThat(archived.get()).isEqualTo(published);
        assertThat(seqs("status IN ('PUBLISHED', 'DISCARDED')")).hasSize(published);
        assertThat(broker.firstDeliveries(new HashSet<>(seqs("status = 'DISCARDED'"))))
                .isEqualTo(publishedByKey());
    }

    /** Any failure of it is one of the test. */
    private long retain() {
        long archived = 0;
        while (!over) {
            RetentionRun run = retention.run(PATIENCE, () -> true);
            archived += run.archived();
        }
        return archived;
    }

    /** The row of a key lets one writer at a time publish for it. */
    private int write(Random random) {
        TransactionalOutboxPublisher publisher = outbox.publisher(relays.get(0)::nudge);
        int published = 0;
        for (int i = 0; i < TRANSACTIONS; i++) {
            String key = "key " + random.nextInt(KEYS);
            int events = 1 + random.nextInt(4);
            published += outbox.inTransaction(() -> {
                outbox.jdbc
                        .sql("SELECT id FROM aggregates WHERE id = :key FOR UPDATE")
                        .param("key", key)
                        .query(String.class)
                        .single();
                for (int e = 0; e < events; e++) publisher.publish(OutboxMessage.of("Order", key, "E", ""));
                return events;
            });
        }
        return published;
    }

    private void operate(Random random) {
        while (!over) {
            List<UUID> quarantined = outbox.jdbc
                    .sql("SELECT event_id FROM outbox_events WHERE status = 'QUARANTINED'")
                    .query((row, number) -> dialect.id(row, "event_id"))
                    .list();
            for (UUID event : quarantined) {
                if (random.nextInt(3) > 0) outbox.operations.approve(event, "a test");
                else outbox.operations.discard(event, "a test");
            }
        }
    }

    private List<Long> seqs(String condition) {
        return outbox.jdbc
                .sql("SELECT seq FROM outbox_archived_events WHERE " + condition)
                .query(Long.class)
                .list();
    }

    private Map<String, List<Long>> publishedByKey() {
        record Row(String key, long seq) {}
        return outbox
                .jdbc
                .sql("SELECT aggregate_id, seq FROM outbox_archived_events WHERE status = 'PUBLISHED' ORDER BY seq")
                .query((row, number) -> new Row(row.getString(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Row::key, Collectors.mapping(Row::seq, Collectors.toList())));
    }
}
