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
 * Takes finished events, and lines of the audit trail, that are old enough out of their table, in chunks. A chunk is one short transaction over the next rows by primary key, which nearly is
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

    private static final Table EVENTS = Table.ofEvents("outbox_events");
    private static final Table ARCHIVE = Table.ofEvents("outbox_archived_events");
    private static final Table AUDIT = new Table("outbox_audit", "id", "recorded_at", "recorded_at");

    private final JdbcClient jdbc;
    private final ShortTransaction transaction;
    private final Dialect dialect;
    private final EventsInUse inUse;

    /** For what may throw see {@link Database#of}. */
    public RetentionStore(OutboxTables tables, EventsInUse inUse) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
        this.transaction = new ShortTransaction(tables, dialect, LONGEST_CHUNK);
        this.inUse = inUse;
    }

    /**
     * What a chunk has to know of its table.
     *
     * @param key its primary key, in the order of time
     * @param created when a row came
     * @param finished from when on its age counts, never earlier than {@code created}; null as long as it has to stay
     */
    private record Table(String name, String key, String created, String finished) {
        static Table ofEvents(String name) {
            String finished = "CASE status WHEN 'PUBLISHED' THEN published_at WHEN 'DISCARDED' THEN failed_at END";
            return new Table(name, "seq", "created_at", finished);
        }
    }

    /**
     * What a chunk has done.
     *
     * @param removed how many rows are no longer in the table
     * @param last the highest key that it has looked at, behind which the next one begins
     * @param reached when that row was created; null when there was none
     * @param over whether there is nothing behind it that is old enough
     */
    public record Chunk(int removed, long last, @Nullable Instant reached, boolean over) {}

    private record Row(long key, Instant createdAt, boolean old, boolean due) {}

    /**
     * Deletes finished events.
     *
     * @param age how long ago they were published, or had failed when they were discarded
     * @param after the sequence behind which to begin
     * @param rows how many to look at, unfinished ones included
     */
    public Chunk delete(Duration age, long after, int rows) {
        return remove(EVENTS, age, after, rows, seqs -> delete(EVENTS, unused(seqs)));
    }

    /** Moves finished events to the archive; like {@link #delete}. */
    public Chunk archive(Duration age, long after, int rows) {
        return remove(EVENTS, age, after, rows, seqs -> archive(unused(seqs)));
    }

    /** Deletes events from the archive; like {@link #delete}. */
    public Chunk deleteArchived(Duration age, long after, int rows) {
        return remove(ARCHIVE, age, after, rows, seqs -> delete(ARCHIVE, unused(seqs)));
    }

    /** Deletes lines of the audit trail, which may be the inbox's, by the time when they were recorded; like {@link #delete}. */
    public Chunk deleteAudit(Duration age, long after, int rows) {
        return remove(AUDIT, age, after, rows, ids -> delete(AUDIT, ids));
    }

    private Chunk remove(Table table, Duration age, long after, int limit, ToIntFunction<List<Long>> removal) {
        return transaction.run(() -> {
            List<Row> rows = rows(table, age, after, limit);
            if (rows.isEmpty()) return new Chunk(0, after, null, true);
            List<Long> due = rows.stream().filter(Row::due).map(Row::key).toList();
            Row last = rows.get(rows.size() - 1);
            boolean over = rows.size() < limit || due.isEmpty() && !last.old();
            return new Chunk(due.isEmpty() ? 0 : removal.applyAsInt(due), last.key(), last.createdAt(), over);
        });
    }

    private List<Long> unused(List<Long> seqs) {
        Set<Long> needed = inUse.among(seqs);
        return seqs.stream().filter(seq -> !needed.contains(seq)).toList();
    }

    /** An event is finished after it was created, so behind those that are created too late there is nothing old enough. */
    private List<Row> rows(Table table, Duration age, long after, int limit) {
        return jdbc.sql("""
                        SELECT %2$s, %3$s, %3$s < (SELECT %5$s) AS old, %4$s < (SELECT %5$s) AS due
                        FROM %1$s
                        WHERE %2$s > :after
                        ORDER BY %2$s LIMIT :limit
                        """.formatted(
                                table.name(), table.key(), table.created(), table.finished(), dialect.after(":age")))
                .param("age", -age.toNanos() / 1000)
                .param("after", after)
                .param("limit", limit)
                .query((row, number) -> new Row(
                        row.getLong(table.key()),
                        Objects.requireNonNull(dialect.instant(row, table.created())),
                        row.getBoolean("old"),
                        row.getBoolean("due")))
                .list();
    }

    private int archive(List<Long> seqs) {
        if (seqs.isEmpty()) return 0;
        jdbc.sql("""
                        INSERT INTO outbox_archived_events (%1$s, archived_at)
                        SELECT %1$s, %2$s FROM outbox_events WHERE %3$s
                        """.formatted(COLUMNS, dialect.now(), named(EVENTS)))
                .param("keys", parameter(seqs))
                .update();
        return delete(EVENTS, seqs);
    }

    private int delete(Table table, List<Long> keys) {
        if (keys.isEmpty()) return 0;
        return jdbc.sql("DELETE FROM %s WHERE %s".formatted(table.name(), named(table)))
                .param("keys", parameter(keys))
                .update();
    }

    private String named(Table table) {
        return table.key() + (dialect.hasArrays() ? " = ANY(:keys)" : " IN (:keys)");
    }

    private Object parameter(List<Long> keys) {
        return dialect.hasArrays() ? keys.toArray(Long[]::new) : keys;
    }
}
