package dev.outbox.benchmarks;

import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.publish.TransactionalOutboxPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Transactions with one event each, from four threads, no relay running. What is compared takes turns of half a second, so that what else the machine does meets
 * all of it. The opponent "handwritten" is the insert of the same row with {@code JdbcTemplate} in the same kind of transaction.
 */
final class PublishRate {
    private static final int THREADS = 4;
    private static final int LANES = 64;
    private static final int TURNS = 8;
    private static final Duration TURN = Duration.ofMillis(500);

    private PublishRate() {}

    /** What a transaction inserts, for a key. */
    record Publishing(Table table, IntConsumer insert) {}

    static Publishing library(Table table) {
        return library(table, EncryptionPolicy.off());
    }

    static Publishing library(Table table, EncryptionPolicy encryption) {
        TransactionalOutboxPublisher publisher = table.publisher(encryption, () -> {});
        return new Publishing(table, key -> publisher.publish(table.message(key)));
    }

    static Publishing handwritten(Table table) {
        byte[] payload = Table.payload();
        String insert = """
                INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, event_type, topic, content_type,
                                           payload, headers, status, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 'PENDING', %s)
                """.formatted(table.dialect.now());
        return new Publishing(
                table,
                key -> table.jdbc.update(
                        insert,
                        table.dialect.id(UUID.randomUUID()),
                        key % LANES,
                        "Order",
                        "order-%05d".formatted(key),
                        "OrderPlaced",
                        table.topic,
                        "application/json",
                        payload));
    }

    /** Transactions a second of each, in their order. */
    static List<Double> inTurn(Publishing... contenders) throws Exception {
        double[] sums = new double[contenders.length];
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (Publishing publishing : contenders) run(threads, publishing); // warm
            for (int turn = 0; turn < TURNS; turn++)
                for (int i = 0; i < contenders.length; i++) sums[i] += run(threads, contenders[i]);
        } finally {
            threads.shutdownNow();
        }
        return Arrays.stream(sums).mapToObj(sum -> sum / TURNS).toList();
    }

    private static double run(ExecutorService threads, Publishing publishing) throws Exception {
        long start = System.nanoTime();
        List<Future<Integer>> counts = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread * (Table.KEYS / THREADS);
            counts.add(threads.submit(() -> {
                int count = 0;
                for (; System.nanoTime() - start < TURN.toNanos(); count++) {
                    int key = (first + count) % Table.KEYS;
                    publishing
                            .table()
                            .transaction
                            .executeWithoutResult(status -> publishing.insert().accept(key));
                }
                return count;
            }));
        }
        int total = 0;
        for (Future<Integer> count : counts) total += count.get();
        return total / ((System.nanoTime() - start) / 1e9);
    }
}
