package dev.outbox.relay;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.store.Dialect;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/** Writers, two relays, an erratic broker, an operator, and leases that end at any time, all at random. */
final class RandomTraffic {
    private static final int KEYS = 40;
    private static final int WRITERS = 4;
    private static final int TRANSACTIONS = 70;
    private static final int LANES = 8;

    final Outbox outbox;
    final ErraticBroker broker;
    final AtomicInteger approved = new AtomicInteger();
    final AtomicInteger discarded = new AtomicInteger();
    final AtomicInteger expired = new AtomicInteger();

    private final Logger logs = (Logger) LoggerFactory.getLogger("dev.outbox");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Relay> relays = new ArrayList<>();
    private final List<Future<?>> endless = new ArrayList<>();
    private final Dialect dialect;
    private final long seed;
    private volatile boolean over;

    RandomTraffic(TestDatabase database, long seed) {
        this.outbox = new Outbox(database.createSchema("random"));
        this.broker = new ErraticBroker(seed);
        this.dialect = Dialect.of(outbox.tables);
        this.seed = seed;
        logs.setLevel(Level.OFF); // failures are the point
        outbox.jdbc.sql("DELETE FROM outbox_lanes WHERE lane >= " + LANES).update();
        outbox.jdbc.sql("CREATE TABLE aggregates (id varchar(20) PRIMARY KEY)").update();
        for (int key = 0; key < KEYS; key++) {
            outbox.jdbc
                    .sql("INSERT INTO aggregates VALUES (:key)")
                    .param("key", "key " + key)
                    .update();
        }
    }

    /** Lets everybody work until the writers have written; relays and operator go on until {@link #end()}. Returns how many events were committed. */
    int write() throws ExecutionException, InterruptedException {
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
        Random operator = new Random(seed);
        untilTheEnd(() -> operate(operator));
        List<Future<Integer>> writers = IntStream.range(0, WRITERS)
                .mapToObj(number -> threads.submit(() -> write(new Random(seed * 31 + number))))
                .toList();
        int committed = 0;
        for (Future<Integer> writer : writers) committed += writer.get();
        return committed;
    }

    /** Does something again and again, from now on until {@link #end()}, where any failure of it fails the test. */
    void untilTheEnd(Runnable step) {
        endless.add(threads.submit(() -> {
            while (!over) step.run();
        }));
    }

    void end() throws ExecutionException, InterruptedException {
        over = true;
        for (Future<?> work : endless) work.get();
    }

    /** After each test, whatever came of it. */
    void stop() {
        over = true;
        threads.shutdownNow();
        relays.forEach(Relay::stop);
        logs.setLevel(null);
    }

    /** The row of a key lets one writer at a time publish for it. One transaction in ten rolls back. */
    private int write(Random random) {
        TransactionalOutboxPublisher publisher = outbox.publisher(relays.get(0)::nudge);
        int committed = 0;
        for (int i = 0; i < TRANSACTIONS; i++) {
            String key = "key " + random.nextInt(KEYS);
            int events = 1 + random.nextInt(4);
            boolean fails = random.nextInt(10) == 0;
            try {
                committed += outbox.inTransaction(() -> {
                    outbox.jdbc
                            .sql("SELECT id FROM aggregates WHERE id = :key FOR UPDATE")
                            .param("key", key)
                            .query(String.class)
                            .single();
                    for (int e = 0; e < events; e++) publisher.publish(OutboxMessage.of("Order", key, "E", ""));
                    if (fails) throw new Rollback();
                    return events;
                });
            } catch (Rollback e) {
                // as it was to be
            }
        }
        return committed;
    }

    private static final class Rollback extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void operate(Random random) {
        List<UUID> quarantined = outbox.jdbc
                .sql("SELECT event_id FROM outbox_events WHERE status = 'QUARANTINED'")
                .query((row, number) -> dialect.id(row, "event_id"))
                .list();
        for (UUID event : quarantined) {
            if (random.nextInt(3) > 0) {
                if (outbox.operations.approve(event, "a test")) approved.incrementAndGet();
            } else {
                if (outbox.operations.discard(event, "a test")) discarded.incrementAndGet();
            }
        }
        if (random.nextInt(5) == 0) {
            expired.addAndGet(outbox.jdbc
                    .sql("UPDATE outbox_lanes SET lease_until = %1$s WHERE lane = :lane AND lease_until > %1$s"
                            .formatted(dialect.now()))
                    .param("lane", random.nextInt(LANES))
                    .update());
        }
    }

    List<Long> seqs(String table, String condition) {
        return outbox.jdbc
                .sql("SELECT seq FROM %s WHERE %s".formatted(table, condition))
                .query(Long.class)
                .list();
    }

    Map<String, List<Long>> publishedByKey(String table) {
        record Row(String key, long seq) {}
        return outbox
                .jdbc
                .sql("SELECT aggregate_id, seq FROM %s WHERE status = 'PUBLISHED' ORDER BY seq".formatted(table))
                .query((row, number) -> new Row(row.getString(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Row::key, Collectors.mapping(Row::seq, Collectors.toList())));
    }
}
