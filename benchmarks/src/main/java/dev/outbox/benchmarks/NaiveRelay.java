package dev.outbox.benchmarks;

import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The opponent "naive": what one writes first. Three threads, each in one transaction an event: claim a row with {@code FOR UPDATE SKIP
 * LOCKED}, send it, wait for the acknowledgement, mark it, commit. It has an index of its own for that. It does not keep the order.
 */
final class NaiveRelay {
    private static final int THREADS = 3;

    private final KafkaEventSender sender;

    NaiveRelay(KafkaEventSender sender) {
        this.sender = sender;
    }

    /** Events a second. */
    double rate(Table table, int events) throws Exception {
        table.jdbc.execute(table.server.product.naiveIndex());
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            long start = System.nanoTime();
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < THREADS; i++)
                runs.add(threads.submit(() -> {
                    while (sendOne(table)) {}
                }));
            for (Future<?> run : runs) run.get();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (table.count("PUBLISHED") != events) throw new IllegalStateException("not every event was sent");
            return events / seconds;
        } finally {
            threads.shutdownNow();
        }
    }

    private boolean sendOne(Table table) {
        return Boolean.TRUE.equals(table.relayTransaction.execute(status -> {
            List<OutboxRecord> claimed = table.relayJdbc.query(
                    """
                    SELECT * FROM outbox_events %s WHERE status = 'PENDING' ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED
                    """.formatted(table.server.product.naiveHint()), (row, number) -> event(row, table.dialect));
            if (claimed.isEmpty()) return false;
            OutboxRecord event = claimed.get(0);
            sender.send(event).toCompletableFuture().join();
            table.relayJdbc.update(
                    "UPDATE outbox_events SET status = 'PUBLISHED', published_at = %s WHERE seq = ?"
                            .formatted(table.dialect.now()),
                    event.seq());
            return true;
        }));
    }

    private static OutboxRecord event(ResultSet row, Dialect dialect) throws SQLException {
        return new OutboxRecord(
                row.getLong("seq"),
                dialect.id(row, "event_id"),
                row.getString("aggregate_type"),
                row.getString("aggregate_id"),
                null,
                row.getString("event_type"),
                row.getString("topic"),
                row.getString("content_type"),
                row.getBytes("payload"),
                Map.of(),
                null,
                Objects.requireNonNull(dialect.instant(row, "created_at")));
    }
}
