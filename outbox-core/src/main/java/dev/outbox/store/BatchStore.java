package dev.outbox.store;

import dev.outbox.spi.OutboxRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a relay reads and writes of {@code outbox_events}: one batch of one lane. Every statement has a LIMIT or names its rows; what changes
 * the blocking of a key is called with the lane's row locked, and changes a row only from the state it has to be in.
 *
 * <p>The statements leave the planner no choice that stale statistics could make a bad one, because the table changes faster than they do.
 * {@code (lane, seq) > (…)} ordered by both can only be answered by the index of pending events, while {@code lane = … AND seq > …} could be
 * by the primary key, past all published events. {@code OFFSET 0} keeps an EXISTS a look into the index for each row, where a join
 * would read all blocked events of the table. Only retries have a {@code next_attempt_at}; with their status in the condition, the index of
 * everything that is held would do as well, read from its beginning to its end.
 */
public final class BatchStore {
    private static final int RELEASE_CHUNK = 500;

    private final JdbcClient jdbc;
    private final ShortTransaction transaction;
    private final boolean quarantineBlocks;
    private final int releaseChunk;

    /** @param quarantineBlocks whether later events of a key wait while one of it is in quarantine */
    public BatchStore(OutboxTables tables, boolean quarantineBlocks) {
        this(tables, quarantineBlocks, RELEASE_CHUNK);
    }

    /** @param releaseChunk how many blocked events of a key are let go at once; the next ones follow when those are published */
    public BatchStore(OutboxTables tables, boolean quarantineBlocks, int releaseChunk) {
        this.jdbc = tables.jdbc();
        this.transaction = new ShortTransaction(tables);
        this.quarantineBlocks = quarantineBlocks;
        this.releaseChunk = releaseChunk;
    }

    /**
     * Reads what may be sent next, by sequence: pending events above the floor, and retries that are due, wherever they are. One statement and so
     * one snapshot: with two, an event could be found blocked by none of them.
     *
     * @param floor where to start, unless the lane's row has another revision by now
     * @param limit how many pending events at most, and how many retries at most
     * @param maxBytes the payloads together do not exceed this, unless there is only one
     */
    public List<Candidate> read(int lane, LaneFloor floor, int limit, long maxBytes) {
        return transaction.run(() -> jdbc.sql("""
                        WITH candidate AS MATERIALIZED (
                          (SELECT seq, aggregate_type, aggregate_id, octet_length(payload) AS bytes
                           FROM outbox_events
                           WHERE status = 'PENDING' AND lane <= :lane
                             AND (lane, seq) > (:lane, (SELECT CASE WHEN revision = :revision THEN :floor ELSE floor END
                                                        FROM outbox_lanes WHERE lane = :lane))
                           ORDER BY lane, seq LIMIT :limit)
                          UNION ALL
                          (SELECT seq, aggregate_type, aggregate_id, octet_length(payload)
                           FROM outbox_events
                           WHERE lane = :lane AND next_attempt_at <= clock_timestamp()
                           ORDER BY next_attempt_at LIMIT :limit)
                        ), batch AS MATERIALIZED (
                          SELECT seq, aggregate_type, aggregate_id
                          FROM (SELECT *, sum(bytes) OVER (ORDER BY seq) - bytes AS bytes_before FROM candidate) c
                          WHERE bytes_before = 0 OR bytes_before + bytes <= :maxBytes
                        )
                        SELECT e.seq, e.event_id, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.event_type,
                               e.topic, e.content_type, e.payload, e.headers, e.created_at, e.attempts,
                               EXISTS (SELECT 1 FROM outbox_events b
                                       WHERE b.aggregate_type = e.aggregate_type AND b.aggregate_id = e.aggregate_id
                                         AND b.seq < e.seq
                                         AND b.status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                                         AND (:quarantineBlocks OR b.status <> 'QUARANTINED')
                                         AND b.seq NOT IN (SELECT seq FROM batch)) AS late
                        FROM batch JOIN outbox_events e USING (seq)
                        ORDER BY e.seq
                        """)
                .param("lane", lane)
                .param("floor", floor.value())
                .param("revision", floor.revision())
                .param("limit", limit)
                .param("maxBytes", maxBytes)
                .param("quarantineBlocks", quarantineBlocks)
                .query((row, number) -> candidate(row))
                .list());
    }

    /** Marks acknowledged events, and returns the keys of those that won which have blocked events. */
    List<Key> publish(List<Long> seqs) {
        if (seqs.isEmpty()) return List.of();
        return jdbc.sql("""
                        WITH published AS (
                          UPDATE outbox_events SET status = 'PUBLISHED', published_at = clock_timestamp(), next_attempt_at = NULL
                          WHERE seq = ANY(:seqs) AND status IN ('PENDING', 'RETRYING')
                          RETURNING aggregate_type, aggregate_id)
                        SELECT DISTINCT p.aggregate_type, p.aggregate_id
                        FROM published p
                        WHERE EXISTS (SELECT 1 FROM outbox_events b
                                      WHERE b.aggregate_type = p.aggregate_type AND b.aggregate_id = p.aggregate_id
                                        AND b.status = 'BLOCKED'
                                      OFFSET 0)
                        """)
                .param("seqs", seqs.toArray(Long[]::new))
                .query((row, number) -> key(row))
                .list();
    }

    /** Marks failed events as {@code RETRYING} or {@code QUARANTINED}, and returns the sequences of those that won and are in quarantine now. */
    List<Long> fail(List<BatchMarks.Failure> failures) {
        if (failures.isEmpty()) return List.of();
        return jdbc.sql("""
                        WITH failed AS (
                          UPDATE outbox_events e
                          SET status = f.status, attempts = e.attempts + f.counted, last_error = f.error,
                              next_attempt_at = clock_timestamp() + make_interval(secs => f.delay)
                          FROM unnest(:seqs::bigint[], :statuses::text[], :counted::integer[], :delays::double precision[],
                                      :errors::text[]) AS f (seq, status, counted, delay, error)
                          WHERE e.seq = f.seq AND e.status IN ('PENDING', 'RETRYING')
                          RETURNING e.seq, e.status)
                        SELECT seq FROM failed WHERE status = 'QUARANTINED'
                        """)
                .param("seqs", column(failures, Long[]::new, BatchMarks.Failure::seq))
                .param(
                        "statuses",
                        column(
                                failures,
                                String[]::new,
                                failure -> failure.status().name()))
                .param("counted", column(failures, Integer[]::new, failure -> failure.counts() ? 1 : 0))
                .param("delays", column(failures, Double[]::new, BatchStore::delay))
                .param("errors", column(failures, String[]::new, BatchMarks.Failure::error))
                .query(Long.class)
                .list();
    }

    /** A quarantined event has no next attempt: NULL in, NULL out. */
    private static @Nullable Double delay(BatchMarks.Failure failure) {
        return failure.retryIn() == null ? null : failure.retryIn().toNanos() / 1e9;
    }

    private static <T extends @Nullable Object> T[] column(
            List<BatchMarks.Failure> failures, IntFunction<T[]> array, Function<BatchMarks.Failure, T> value) {
        return failures.stream().map(value).toArray(array);
    }

    /** Parks events that have an earlier one of their key that is being retried, quarantined or blocked: asked here, not at the read. */
    void park(List<Long> seqs) {
        if (seqs.isEmpty()) return;
        jdbc.sql("""
                        UPDATE outbox_events e SET status = 'BLOCKED'
                        WHERE e.seq = ANY(:seqs) AND e.status = 'PENDING'
                          AND EXISTS (SELECT 1 FROM outbox_events b
                                      WHERE b.aggregate_type = e.aggregate_type AND b.aggregate_id = e.aggregate_id
                                        AND b.seq < e.seq
                                        AND b.status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                                        AND (:quarantineBlocks OR b.status <> 'QUARANTINED')
                                      OFFSET 0)
                        """)
                .param("seqs", seqs.toArray(Long[]::new))
                .param("quarantineBlocks", quarantineBlocks)
                .update();
    }

    /**
     * Lets the next events of a key go if its first unfinished one is blocked.
     *
     * @param floor of the lane
     * @return the lowest sequence that is {@code PENDING} now; empty if none was let go
     */
    Optional<Long> release(int lane, Key key, long floor) {
        return jdbc.sql("""
                        WITH head AS MATERIALIZED (
                          SELECT seq, status FROM outbox_events
                          WHERE aggregate_type = :aggregateType AND aggregate_id = :aggregateId
                            AND status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                            AND (:quarantineBlocks OR status <> 'QUARANTINED')
                          ORDER BY seq LIMIT :chunk
                        ), free AS (
                          SELECT seq FROM (SELECT seq, bool_and(status = 'BLOCKED') OVER (ORDER BY seq) AS free FROM head) h WHERE free
                        ), released AS (
                          UPDATE outbox_events e SET status = 'PENDING'
                          FROM free
                          WHERE e.seq = free.seq AND e.status = 'BLOCKED'
                            AND NOT EXISTS (SELECT 1 FROM outbox_events p
                                            WHERE p.status = 'PENDING' AND (p.lane, p.seq) > (:lane, :floor)
                                              AND (p.lane, p.seq) < (:lane, (SELECT min(seq) FROM head))
                                              AND p.aggregate_type = :aggregateType AND p.aggregate_id = :aggregateId)
                          RETURNING e.seq)
                        SELECT min(seq) FROM released
                        """)
                .param("lane", lane)
                .param("aggregateType", key.aggregateType())
                .param("aggregateId", key.aggregateId())
                .param("floor", floor)
                .param("chunk", releaseChunk)
                .param("quarantineBlocks", quarantineBlocks)
                .query((row, number) -> Optional.ofNullable(row.getObject(1, Long.class)))
                .single();
    }

    /** What the floor depends on, as this transaction sees it; assigns the transaction an id. */
    LaneFloor.Horizon horizon(int lane, long floor) {
        return jdbc.sql("""
                        SELECT pg_current_xact_id()::text::bigint AS transaction_id,
                               pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_running,
                               (SELECT seq FROM outbox_events
                                WHERE status = 'PENDING' AND lane <= :lane AND (lane, seq) > (:lane, :floor)
                                ORDER BY lane, seq LIMIT 1) AS lowest_pending
                        """)
                .param("lane", lane)
                .param("floor", floor)
                .query((row, number) -> new LaneFloor.Horizon(
                        row.getLong("transaction_id"),
                        row.getLong("oldest_running"),
                        row.getObject("lowest_pending", Long.class)))
                .single();
    }

    private static Key key(ResultSet row) throws SQLException {
        return new Key(row.getString("aggregate_type"), row.getString("aggregate_id"));
    }

    private static Candidate candidate(ResultSet row) throws SQLException {
        OutboxRecord event = new OutboxRecord(
                row.getLong("seq"),
                row.getObject("event_id", UUID.class),
                row.getString("aggregate_type"),
                row.getString("aggregate_id"),
                row.getObject("aggregate_version", Long.class),
                row.getString("event_type"),
                row.getString("topic"),
                row.getString("content_type"),
                row.getBytes("payload"),
                HeadersJson.read(row.getString("headers")),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
        return new Candidate(event, row.getInt("attempts"), row.getBoolean("late"));
    }
}
