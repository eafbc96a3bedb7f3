package dev.outbox.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Takes finished events that are old enough out of their table, in chunks. A chunk is one short transaction over the next rows by {@code seq}, which nearly is
 * the order of time: there is no index of finished events, because each index is paid for by every publish.
 *
 * <p>The rows of a chunk are read without a lock, and those to be removed are named by their primary keys. Finished states never revert, and relays and operators change unfinished
 * events only, so nobody waits for the locks of a chunk. Two chunks over the same rows at once do no harm: the second one finds them gone, or the archive refuses it.
 */
public final class RetentionStore {
    /** Of a chunk, so that a run can end within the time of its lock. */
    private static final Duration LONGEST_CHUNK = Duration.ofSeconds(30);

    private static final String COLUMNS = """
            seq, event_id, lane, aggregate_type, aggregate_id, aggregate_version, event_type, topic, content_type, payload, headers,
            encryption_key_id, status, attempts, next_attempt_at, last_error, failed_at, created_at, published_at""";

    private final JdbcClient jdbc;
    private final ShortTransaction transaction;
    private final Dialect dialect;
    private final EventsInUse inUse;
    private final String named;

    /** For what may throw see {@link Database#of}. */
    public RetentionStore(OutboxTables tables, EventsInUse inUse) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
        this.transaction = new ShortTransaction(tables, dialect, LONGEST_CHUNK);
        this.inUse = inUse;
        this.named = dialect.hasArrays() ? "seq = ANY(:seqs)" : "seq IN (:seqs)";
    }

    /**
     * What a chunk has done.
     *
     * @param removed how many events are no longer in the table
     * @param last the highest sequence that it has looked at, behind which the next one begins
     * @param reached when that event was created; null when there was none
     * @param over whether there is nothing behind it that is old enough
     */
    public record Chunk(int removed, long last, @Nullable Instant reached, boolean over) {}

    private record Row(long seq, Instant createdAt, boolean old, boolean due) {}

    /**
     * Deletes finished events.
     *
     * @param age how long ago they were published, or had failed when they were discarded
     * @param after the sequence behind which to begin
     * @param rows how many to look at, unfinished ones included
     */
    public Chunk delete(Duration age, long after, int rows) {
        return remove("outbox_events", age, after, rows, seqs -> delete("outbox_events", seqs));
    }

    /** Moves finished events to the archive; like {@link #delete}. */
    public Chunk archive(Duration age, long after, int rows) {
        return remove("outbox_events", age, after, rows, this::archive);
    }

    /** Deletes events from the archive; like {@link #delete}. */
    public Chunk deleteArchived(Duration age, long after, int rows) {
        return remove("outbox_archived_events", age, after, rows, seqs -> delete("outbox_archived_events", seqs));
    }

    private Chunk remove(String table, Duration age, long after, int limit, ToIntFunction<List<Long>> removal) {
        return transaction.run(() -> {
            List<Row> rows = rows(table, age, after, limit);
            if (rows.isEmpty()) return new Chunk(0, after, null, true);
            List<Long> due = rows.stream().filter(Row::due).map(Row::seq).toList();
            Row last = rows.get(rows.size() - 1);
            boolean over = rows.size() < limit || due.isEmpty() && !last.old();
            return new Chunk(removeUnused(due, removal), last.seq(), last.createdAt(), over);
        });
    }

    private int removeUnused(List<Long> due, ToIntFunction<List<Long>> removal) {
        if (due.isEmpty()) return 0;
        Set<Long> needed = inUse.among(due);
        List<Long> removable = due.stream().filter(seq -> !needed.contains(seq)).toList();
        return removable.isEmpty() ? 0 : removal.applyAsInt(removable);
    }

    /** An event is finished after it was created, so behind those that are created too late there is nothing old enough. */
    private List<Row> rows(String table, Duration age, long after, int limit) {
        return jdbc.sql("""
                        SELECT seq, created_at, created_at < (SELECT %1$s) AS old,
                               CASE status WHEN 'PUBLISHED' THEN published_at WHEN 'DISCARDED' THEN failed_at END < (SELECT %1$s) AS due
                        FROM %2$s
                        WHERE seq > :after
                        ORDER BY seq LIMIT :limit
                        """.formatted(dialect.after(":age"), table))
                .param("age", -age.toNanos() / 1000)
                .param("after", after)
                .param("limit", limit)
                .query((row, number) -> new Row(
                        row.getLong("seq"),
                        Objects.requireNonNull(dialect.instant(row, "created_at")),
                        row.getBoolean("old"),
                        row.getBoolean("due")))
                .list();
    }

    private int archive(List<Long> seqs) {
        jdbc.sql("""
                        INSERT INTO outbox_archived_events (%1$s, archived_at)
                        SELECT %1$s, %2$s FROM outbox_events WHERE %3$s
                        """.formatted(COLUMNS, dialect.now(), named))
                .param("seqs", parameter(seqs))
                .update();
        return delete("outbox_events", seqs);
    }

    private int delete(String table, List<Long> seqs) {
        return jdbc.sql("DELETE FROM %s WHERE %s".formatted(table, named))
                .param("seqs", parameter(seqs))
                .update();
    }

    private Object parameter(List<Long> seqs) {
        return dialect.hasArrays() ? seqs.toArray(Long[]::new) : seqs;
    }
}
