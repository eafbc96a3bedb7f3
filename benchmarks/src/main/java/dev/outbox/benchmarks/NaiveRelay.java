package dev.outbox.benchmarks;

import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.spi.OutboxRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
        table.jdbc.execute("CREATE INDEX naive ON outbox_events (seq) WHERE status = 'PENDING'");
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
        return Boolean.TRUE.equals(table.transaction.execute(status -> {
            List<OutboxRecord> claimed = table.jdbc.query("""
                    SELECT * FROM outbox_events WHERE status = 'PENDING' ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED
                    """, (row, number) -> event(row));
            if (claimed.isEmpty()) return false;
            OutboxRecord event = claimed.get(0);
            sender.send(event).toCompletableFuture().join();
            table.jdbc.update(
                    "UPDATE outbox_events SET status = 'PUBLISHED', published_at = clock_timestamp() WHERE seq = ?",
                    event.seq());
            return true;
        }));
    }

    private static OutboxRecord event(ResultSet row) throws SQLException {
        return new OutboxRecord(
                row.getLong("seq"),
                row.getObject("event_id", UUID.class),
                row.getString("aggregate_type"),
                row.getString("aggregate_id"),
                null,
                row.getString("event_type"),
                row.getString("topic"),
                row.getString("content_type"),
                row.getBytes("payload"),
                Map.of(),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
