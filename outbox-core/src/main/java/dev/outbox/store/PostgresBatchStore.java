package dev.outbox.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ResultSetExtractor;

/**
 * {@link BatchStore} in one statement for each step.
 *
 * <p>The statements leave the planner no choice that stale statistics could make a bad one, because the table changes faster than they do.
 * {@code (lane, seq) > (…)} ordered by both can only be answered by the index of pending events, while {@code lane = … AND seq > …} could be
 * by the primary key, past all published events. An UPDATE names its rows by an array, never by a join, and {@code status || ''} says that a
 * partial index cannot stand in for the primary key: while statistics take it for empty, that would be all of the index, compared with each row.
 * {@code OFFSET 0} keeps an EXISTS a look into the index for each row, where a join or a hash table
 * would read all blocked events of the table; and most lanes hold none, which one look for each lane tells. Only retries have a {@code next_attempt_at}; with their status in the condition, the index of
 * everything that is held would do as well, read from its beginning to its end.
 */
final class PostgresBatchStore extends BatchStore {
    PostgresBatchStore(OutboxTables tables, Dialect dialect, BatchRules rules) {
        super(tables, dialect, rules);
    }

    /**
     * A scan starts at the lane's floor as the relay knows it, unless the lane's row has another revision in the snapshot of the read. Rows are kept once: what is sorted and added up are sequences and
     * sizes. {@code IS TRUE} keeps the last condition a look into a hash table.
     */
    @Override
    public Reading read(Collection<LaneClaim> lanes, int limit, long maxBytes) {
        List<LaneClaim> claims = List.copyOf(lanes);
        return transaction.read(() -> jdbc.sql("""
                        WITH scan AS MATERIALIZED (
                          SELECT l.lane, CASE WHEN l.revision = k.revision THEN k.floor ELSE l.floor END AS floor,
                                 EXISTS (SELECT 1 FROM outbox_events b
                                         WHERE b.lane = l.lane AND b.status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                                         OFFSET 0) AS holds
                          FROM unnest(:lanes::integer[], :floors::bigint[], :revisions::bigint[]) AS k (lane, floor, revision)
                               JOIN outbox_lanes l ON l.lane = k.lane
                          WHERE NOT EXISTS (SELECT 1 FROM outbox_pauses p
                                            WHERE p.scope = 'EVERYTHING' OR (p.scope = 'LANE' AND p.target = l.lane::text))
                        ), candidate AS MATERIALIZED (
                          SELECT c.*, scan.holds
                          FROM scan CROSS JOIN LATERAL (
                            (SELECT *, octet_length(payload) AS bytes FROM outbox_events e
                             WHERE e.status = 'PENDING' AND e.lane <= scan.lane AND (e.lane, e.seq) > (scan.lane, scan.floor)
                             ORDER BY e.lane, e.seq LIMIT :limit)
                            UNION ALL
                            (SELECT *, octet_length(payload) FROM outbox_events e
                             WHERE e.lane = scan.lane AND e.next_attempt_at <= clock_timestamp()
                             ORDER BY e.next_attempt_at LIMIT :limit)) c
                        ), batch AS MATERIALIZED (
                          SELECT seq
                          FROM (SELECT seq, bytes, sum(bytes) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) AS total
                                FROM candidate) c
                          WHERE total = bytes OR total <= :maxBytes
                        )
                        SELECT e.seq, e.event_id, e.lane, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.event_type,
                               e.topic, e.content_type, e.payload, e.headers, e.encryption_key_id, e.created_at, e.attempts,
                               e.holds AND EXISTS (SELECT 1 FROM outbox_events b
                                       WHERE b.lane = e.lane AND b.aggregate_type = e.aggregate_type AND b.aggregate_id = e.aggregate_id
                                         AND b.seq < e.seq
                                         AND b.status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                                         AND (:quarantineBlocks OR b.status <> 'QUARANTINED')
                                         AND b.seq NOT IN (SELECT seq FROM batch)) AS late,
                               e.topic IN (SELECT target FROM outbox_pauses WHERE scope = 'TOPIC') AS paused,
                               e.status = 'PENDING' AS pending,
                               (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS oldest_running
                        FROM candidate e
                        WHERE (e.seq IN (SELECT seq FROM batch)) IS TRUE
                        """)
                .param("lanes", Column.of(claims, Integer[]::new, LaneClaim::lane))
                .param(
                        "floors",
                        Column.of(claims, Long[]::new, claim -> claim.floor().value()))
                .param(
                        "revisions",
                        Column.of(claims, Long[]::new, claim -> claim.floor().revision()))
                .param("limit", limit)
                .param("maxBytes", maxBytes)
                .param("quarantineBlocks", rules.quarantineBlocks())
                .query((ResultSetExtractor<Reading>) rows -> reading(rows, claims)));
    }

    private static String finish(String change) {
        return """
                WITH finished AS (
                  %s
                  WHERE seq = ANY(:seqs) AND status IN ('PENDING', 'RETRYING')
                  RETURNING lane, aggregate_type, aggregate_id
                ), holding AS MATERIALIZED (
                  SELECT lane FROM (SELECT DISTINCT lane FROM finished) l
                  WHERE EXISTS (SELECT 1 FROM outbox_events b
                                WHERE b.lane = l.lane AND b.status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                                OFFSET 0))
                SELECT DISTINCT f.lane, f.aggregate_type, f.aggregate_id
                FROM finished f
                WHERE CASE WHEN f.lane IN (SELECT lane FROM holding)
                           THEN EXISTS (SELECT 1 FROM outbox_events b
                                        WHERE b.lane = f.lane AND b.aggregate_type = f.aggregate_type
                                          AND b.aggregate_id = f.aggregate_id AND b.status = 'BLOCKED'
                                        OFFSET 0) END
                """.formatted(change);
    }

    private static final String PUBLISH = finish(
            "UPDATE outbox_events SET status = 'PUBLISHED', published_at = clock_timestamp(), next_attempt_at = NULL");
    private static final String DELETE = finish("DELETE FROM outbox_events");

    @Override
    List<BlockedKey> publish(List<Long> seqs) {
        if (seqs.isEmpty()) return List.of();
        return jdbc.sql(rules.deletesPublished() ? DELETE : PUBLISH)
                .param("seqs", seqs.toArray(Long[]::new))
                .query((row, number) -> blockedKey(row))
                .list();
    }

    @Override
    List<Quarantined> fail(List<BatchMarks.Failure> failures) {
        if (failures.isEmpty()) return List.of();
        return jdbc.sql("""
                        WITH failed AS (
                          UPDATE outbox_events e
                          SET status = f.status, attempts = e.attempts + f.counted, last_error = f.error, failed_at = clock_timestamp(),
                              next_attempt_at = clock_timestamp() + make_interval(secs => f.delay)
                          FROM unnest(:seqs::bigint[], :statuses::text[], :counted::integer[], :delays::double precision[],
                                      :errors::text[]) AS f (seq, status, counted, delay, error)
                          WHERE e.seq = f.seq AND e.status IN ('PENDING', 'RETRYING')
                          RETURNING e.seq, e.status, e.lane, e.aggregate_type, e.aggregate_id)
                        SELECT seq, lane, aggregate_type, aggregate_id FROM failed WHERE status = 'QUARANTINED'
                        """)
                .param("seqs", Column.of(failures, Long[]::new, BatchMarks.Failure::seq))
                .param(
                        "statuses",
                        Column.of(
                                failures,
                                String[]::new,
                                failure -> failure.status().name()))
                .param("counted", Column.of(failures, Integer[]::new, failure -> failure.counts() ? 1 : 0))
                .param("delays", Column.of(failures, Double[]::new, PostgresBatchStore::delay))
                .param("errors", Column.of(failures, String[]::new, BatchMarks.Failure::error))
                .query((row, number) -> new Quarantined(row.getLong("seq"), blockedKey(row)))
                .list();
    }

    /** A quarantined event has no next attempt: NULL in, NULL out. */
    private static @Nullable Double delay(BatchMarks.Failure failure) {
        return failure.retryIn() == null ? null : failure.retryIn().toNanos() / 1e9;
    }

    /**
     * Parks pending ones of some rows if they have an earlier event of their key that is being retried, quarantined or blocked: asked here, not at the read.
     * The earliest held event is looked up once for each key; an EXISTS for each row would read a page of the index each time where a key has many.
     */
    private static String park(String rows) {
        return """
                UPDATE outbox_events e SET status = 'BLOCKED'
                WHERE e.seq = ANY(ARRAY(
                    SELECT s.seq
                    FROM (SELECT lane, aggregate_type, aggregate_id, array_agg(seq) AS seqs
                          FROM (%s) next GROUP BY lane, aggregate_type, aggregate_id) k
                         CROSS JOIN LATERAL (
                           SELECT b.seq FROM outbox_events b
                           WHERE b.lane = k.lane AND b.aggregate_type = k.aggregate_type AND b.aggregate_id = k.aggregate_id
                             AND b.status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                             AND (:quarantineBlocks OR b.status <> 'QUARANTINED')
                           ORDER BY b.seq LIMIT 1) held
                         CROSS JOIN LATERAL unnest(k.seqs) AS s (seq)
                    WHERE held.seq < s.seq))
                  AND e.status || '' = 'PENDING'
                """.formatted(rows);
    }

    private static final String PARK =
            park("SELECT seq, lane, aggregate_type, aggregate_id FROM outbox_events WHERE seq = ANY(:seqs)");

    private static final String PARK_AFTER = park("""
                  SELECT seq, lane, aggregate_type, aggregate_id FROM outbox_events
                  WHERE status = 'PENDING' AND lane <= :lane AND (lane, seq) > (:lane, :seq)
                  ORDER BY lane, seq LIMIT :ahead""");

    @Override
    Map<Integer, Long> park(List<Long> seqs) {
        if (seqs.isEmpty()) return Map.of();
        jdbc.sql(PARK)
                .param("seqs", seqs.toArray(Long[]::new))
                .param("quarantineBlocks", rules.quarantineBlocks())
                .update();
        return Map.of();
    }

    @Override
    void parkAfter(int lane, long seq) {
        jdbc.sql(PARK_AFTER)
                .param("lane", lane)
                .param("seq", seq)
                .param("ahead", PARK_AHEAD)
                .param("quarantineBlocks", rules.quarantineBlocks())
                .update();
    }

    @Override
    Optional<Long> release(int lane, Key key, long floor) {
        return jdbc.sql("""
                        WITH head AS MATERIALIZED (
                          SELECT seq, status FROM outbox_events
                          WHERE lane = :lane AND aggregate_type = :aggregateType AND aggregate_id = :aggregateId
                            AND status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                            AND (:quarantineBlocks OR status <> 'QUARANTINED')
                          ORDER BY seq LIMIT :chunk
                        ), free AS (
                          SELECT seq FROM (SELECT seq, bool_and(status = 'BLOCKED') OVER (ORDER BY seq) AS free FROM head) h WHERE free
                        ), released AS (
                          UPDATE outbox_events e SET status = 'PENDING'
                          WHERE e.seq = ANY(ARRAY(SELECT seq FROM free)) AND e.status || '' = 'BLOCKED'
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
                .param("chunk", rules.releaseChunk())
                .param("quarantineBlocks", rules.quarantineBlocks())
                .query((row, number) -> Optional.ofNullable(row.getObject(1, Long.class)))
                .single();
    }

    private Reading reading(ResultSet rows, List<LaneClaim> claims) throws SQLException {
        List<Candidate> candidates = new ArrayList<>();
        long oldestRunning = 0;
        while (rows.next()) {
            if (candidates.isEmpty()) oldestRunning = rows.getLong("oldest_running");
            candidates.add(candidate(rows, rows.getBoolean("late")));
        }
        candidates.sort(Comparator.comparingLong(Candidate::seq));
        return new Reading(candidates, oldestRunning, revisions(claims));
    }
}
