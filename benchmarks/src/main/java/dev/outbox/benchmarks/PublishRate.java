package dev.outbox.benchmarks;

import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.publish.TransactionalOutboxPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Transactions with one event each, from four threads, no relay running. The opponent "handwritten" is the insert of the same row with
 * {@code JdbcTemplate} in the same kind of transaction.
 */
final class PublishRate {
    private static final int THREADS = 4;
    private static final int LANES = 64;

    private final Duration duration;

    PublishRate(Duration duration) {
        this.duration = duration;
    }

    /** Transactions a second. */
    double library(Table table) throws Exception {
        return library(table, EncryptionPolicy.off());
    }

    /** Transactions a second, with payloads that are encrypted or not. */
    double library(Table table, EncryptionPolicy encryption) throws Exception {
        TransactionalOutboxPublisher publisher = table.publisher(encryption, () -> {});
        return rate(table, key -> publisher.publish(table.message(key)));
    }

    /** Transactions a second. */
    double handwritten(Table table) throws Exception {
        byte[] payload = Table.payload();
        String insert = """
                INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, event_type, topic, content_type,
                                           payload, headers, status, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 'PENDING', %s)
                """.formatted(table.dialect.now());
        return rate(
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

    private double rate(Table table, IntConsumer insert) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            run(threads, table, insert, duration.dividedBy(5)); // warm
            return run(threads, table, insert, duration);
        } finally {
            threads.shutdownNow();
        }
    }

    private static double run(ExecutorService threads, Table table, IntConsumer insert, Duration duration)
            throws Exception {
        long start = System.nanoTime();
        List<Future<Integer>> counts = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread * (Table.KEYS / THREADS);
            counts.add(threads.submit(() -> {
                int count = 0;
                for (; System.nanoTime() - start < duration.toNanos(); count++) {
                    int key = (first + count) % Table.KEYS;
                    table.transaction.executeWithoutResult(status -> insert.accept(key));
                }
                return count;
            }));
        }
        int total = 0;
        for (Future<Integer> count : counts) total += count.get();
        return total / ((System.nanoTime() - start) / 1e9);
    }
}
