package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.ErraticBroker.Answer;
import dev.outbox.store.Dialect;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestSize;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Writers, two relays, an erratic broker, an operator, and leases that end at any time, all at random.
 *
 * <p>The name of a failed run has its database and its seed. {@code -Doutbox.test.seeds=N} tries the seeds from 1 to N on each database; by default two, and one on MariaDB, in
 * the long form 15.
 */
@ParameterizedClass(name = "{0}, seed {1}")
@MethodSource("databasesAndSeeds")
@Timeout(300)
class RandomFailuresIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KEYS = 40;
    private static final int WRITERS = 4;
    private static final int TRANSACTIONS = 70;

    private final Logger logs = (Logger) LoggerFactory.getLogger("dev.outbox.relay");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Relay> relays = new ArrayList<>();
    /** Of all seeds together: what a single one comes across is its luck. */
    private static final Set<Answer> ANSWERS = EnumSet.noneOf(Answer.class);

    private static final AtomicInteger APPROVED = new AtomicInteger();
    private static final AtomicInteger DISCARDED = new AtomicInteger();
    private static final AtomicInteger EXPIRED = new AtomicInteger();
    private final Outbox outbox;
    private final Dialect dialect;
    private final long seed;
    private volatile boolean over;

    RandomFailuresIntegrationTest(TestDatabase database, long seed) {
        outbox = new Outbox(database.createSchema("random"));
        dialect = Dialect.of(outbox.tables);
        this.seed = seed;
    }

    static Stream<Arguments> databasesAndSeeds() {
        return Stream.of(TestDatabase.values())
                .flatMap(database ->
                        LongStream.rangeClosed(1, seeds(database)).mapToObj(seed -> Arguments.of(database, seed)));
    }

    private static long seeds(TestDatabase database) {
        return Long.getLong("outbox.test.seeds", TestSize.of(database == TestDatabase.MARIADB ? 1 : 2, 15));
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
    void everything_is_finished_and_first_deliveries_are_in_order() throws Exception {
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
        List<Future<?>> writers = IntStream.range(0, WRITERS)
                .<Future<?>>mapToObj(number -> threads.submit(() -> write(new Random(seed * 31 + number))))
                .toList();
        for (Future<?> writer : writers) writer.get();
        await().atMost(PATIENCE).until(() -> unfinished() == 0);
        over = true;
        operator.get();

        Set<Long> givenUp = new HashSet<>(seqs("status = 'DISCARDED'"));
        Map<String, List<Long>> delivered = broker.firstDeliveries(givenUp);
        assertThat(delivered).isEqualTo(publishedByKey());
        ANSWERS.addAll(broker.answers());
    }

    @AfterAll
    static void everything_that_can_happen_has_happened() {
        assertThat(ANSWERS).containsExactlyInAnyOrder(Answer.values());
        assertThat(List.of(APPROVED.get(), DISCARDED.get(), EXPIRED.get()))
                .as("approved, discarded, leases ended")
                .allSatisfy(times -> assertThat(times).isPositive());
    }

    /** The row of a key lets one writer at a time publish for it. One transaction in ten rolls back. */
    private void write(Random random) {
        TransactionalOutboxPublisher publisher = outbox.publisher(relays.get(0)::nudge);
        for (int i = 0; i < TRANSACTIONS; i++) {
            String key = "key " + random.nextInt(KEYS);
            int events = 1 + random.nextInt(4);
            boolean fails = random.nextInt(10) == 0;
            try {
                outbox.inTransaction(() -> {
                    outbox.jdbc
                            .sql("SELECT id FROM aggregates WHERE id = :key FOR UPDATE")
                            .param("key", key)
                            .query(String.class)
                            .single();
                    for (int e = 0; e < events; e++) publisher.publish(OutboxMessage.of("Order", key, "E", ""));
                    if (fails) throw new Rollback();
                    return true;
                });
            } catch (Rollback e) {
                // as it was to be
            }
        }
    }

    private static final class Rollback extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void operate(Random random) {
        while (!over) {
            List<UUID> quarantined = outbox.jdbc
                    .sql("SELECT event_id FROM outbox_events WHERE status = 'QUARANTINED'")
                    .query((row, number) -> dialect.id(row, "event_id"))
                    .list();
            for (UUID event : quarantined) {
                if (random.nextInt(3) > 0) {
                    if (outbox.operations.approve(event, "a test")) APPROVED.incrementAndGet();
                } else {
                    if (outbox.operations.discard(event, "a test")) DISCARDED.incrementAndGet();
                }
            }
            if (random.nextInt(5) == 0) {
                EXPIRED.addAndGet(outbox.jdbc
                        .sql("UPDATE outbox_lanes SET lease_until = %1$s WHERE lane = :lane AND lease_until > %1$s"
                                .formatted(dialect.now()))
                        .param("lane", random.nextInt(8))
                        .update());
            }
        }
    }

    private long unfinished() {
        return seqs("status NOT IN ('PUBLISHED', 'DISCARDED')").size();
    }

    private List<Long> seqs(String condition) {
        return outbox.jdbc
                .sql("SELECT seq FROM outbox_events WHERE " + condition)
                .query(Long.class)
                .list();
    }

    private Map<String, List<Long>> publishedByKey() {
        record Row(String key, long seq) {}
        return outbox
                .jdbc
                .sql("SELECT aggregate_id, seq FROM outbox_events WHERE status = 'PUBLISHED' ORDER BY seq")
                .query((row, number) -> new Row(row.getString(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Row::key, Collectors.mapping(Row::seq, Collectors.toList())));
    }
}
