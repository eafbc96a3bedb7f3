package dev.outbox.store;

import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.LaneUnion.Scan;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/**
 * {@link BatchStore} in plain statements that MySQL, MariaDB and H2 understand. A step that PostgreSQL does in one statement first selects the rows that it will
 * change, which nobody else changes meanwhile, because the lane's row is locked.
 *
 * <p>Nothing tells here when all transactions that were open at some time are over, so a {@link LaneFloor} goes by time: a floor may rise above a
 * sequence that is committed later than {@link #SETTLED_AFTER}. So that order does not depend on time, an event is late behind <em>any</em> earlier unfinished
 * event of its key, pending ones included, looked up by key wherever they are; and so that nothing is lost, floors are lowered below such events, by a
 * mark that meets one ({@link #park}) and by {@link LaneStore#lowerFloorsBelowLateEvents}.
 *
 * <p>{@code unfinished} is 1 for unfinished events and NULL for others, so that one index has the unfinished events of a key by their sequence. The pending events of
 * a lane are read with a condition on every column of their index, and one statement for each lane within a UNION, because only constants make a range of an index.
 */
final class PortableBatchStore extends BatchStore {
    /** Nearly all transactions that publish are over by then; the others cost a few lookups. */
    static final Duration SETTLED_AFTER = Duration.ofSeconds(2);

    private final NamedParameterJdbcTemplate batches;
    private final OutboxTables tables;
    private final Map<Integer, String> statements = new ConcurrentHashMap<>();

    /** The condition that an event of a key holds later ones back. */
    private final String holds;

    PortableBatchStore(OutboxTables tables, Dialect dialect, BatchRules rules) {
        super(tables, dialect, rules);
        this.tables = tables;
        this.batches = new NamedParameterJdbcTemplate(tables.dataSource());
        this.holds = rules.quarantineBlocks() ? "h.unfinished = 1" : "h.unfinished = 1 AND h.status <> 'QUARANTINED'";
    }

    @Override
    public Reading read(Collection<LaneClaim> lanes, int limit, long maxBytes) {
        List<LaneClaim> claims = List.copyOf(lanes);
        List<Scan> scans = claims.stream()
                .map(claim -> new Scan(claim.lane(), claim.floor().value()))
                .toList();
        return transaction.read(() -> jdbc.sql(statements.computeIfAbsent(claims.size(), this::read))
                .params(LaneUnion.parameters(scans))
                .param("limit", limit)
                .param("maxBytes", maxBytes)
                .query((ResultSetExtractor<Reading>) rows -> reading(rows, claims)));
    }

    private String read(int lanes) {
        String candidates = new LaneUnion("""
                (SELECT e.seq, octet_length(e.payload) AS bytes FROM outbox_events e
                 WHERE e.status = 'PENDING' AND e.lane = :lane AND e.next_attempt_at IS NULL AND e.seq > :floor
                 ORDER BY e.status, e.lane, e.next_attempt_at, e.seq LIMIT :limit)
                UNION ALL
                (SELECT e.seq, octet_length(e.payload) AS bytes FROM outbox_events e
                 WHERE e.status = 'RETRYING' AND e.lane = :lane AND e.next_attempt_at <= %s
                 ORDER BY e.status, e.lane, e.next_attempt_at, e.seq LIMIT :limit)
                """.formatted(dialect.now())).of(lanes);
        return """
                SELECT e.seq, e.event_id, e.lane, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.event_type,
                       e.topic, e.content_type, e.payload, e.headers, e.created_at, e.attempts,
                       (SELECT h.seq FROM outbox_events h
                        WHERE h.aggregate_id = e.aggregate_id AND h.aggregate_type = e.aggregate_type AND %s AND h.seq < e.seq
                        ORDER BY h.seq DESC LIMIT 1) AS predecessor,
                       e.topic IN (SELECT p.target FROM outbox_pauses p WHERE p.scope = 'TOPIC') AS paused,
                       e.status = 'PENDING' AS pending,
                       %s AS read_at
                FROM (SELECT seq, bytes, sum(bytes) OVER (ORDER BY seq) - bytes AS bytes_before FROM (%s) candidate) c
                     JOIN outbox_events e ON e.seq = c.seq
                WHERE (c.bytes_before = 0 OR c.bytes_before + c.bytes <= :maxBytes)
                  AND NOT EXISTS (SELECT 1 FROM outbox_pauses p
                                  WHERE p.scope = 'EVERYTHING' OR (p.scope = 'LANE' AND p.target = concat(e.lane, '')))
                ORDER BY c.seq
                """.formatted(holds, dialect.now(), candidates);
    }

    private Reading reading(ResultSet rows, List<LaneClaim> claims) throws SQLException {
        List<Candidate> candidates = new ArrayList<>();
        Set<Long> ready = new HashSet<>();
        long settledBefore = 0;
        while (rows.next()) {
            if (candidates.isEmpty()) settledBefore = micros(dialect, rows, "read_at") - SETTLED_AFTER.toNanos() / 1000;
            // The predecessor's own row says whether it is late itself, and so on along the key.
            Long predecessor = rows.getObject("predecessor", Long.class);
            boolean late = predecessor != null && !ready.contains(predecessor);
            Candidate candidate = candidate(rows, late);
            candidates.add(candidate);
            if (!late) ready.add(candidate.seq());
        }
        return new Reading(candidates, settledBefore, revisions(claims));
    }

    /** A time as a number, in microseconds. */
    static long micros(Dialect dialect, ResultSet row, String column) throws SQLException {
        var time = Objects.requireNonNull(dialect.instant(row, column));
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
    }

    @Override
    List<BlockedKey> publish(List<Long> seqs) {
        if (seqs.isEmpty()) return List.of();
        List<BlockedKey> blocked = keysWithBlockedEvents(seqs);
        String change = rules.deletesPublished()
                ? "DELETE FROM outbox_events"
                : "UPDATE outbox_events SET status = 'PUBLISHED', published_at = %s, next_attempt_at = NULL"
                        .formatted(dialect.now());
        jdbc.sql(change + " WHERE seq IN (:seqs) AND status IN ('PENDING', 'RETRYING')")
                .param("seqs", seqs)
                .update();
        return blocked;
    }

    /** Keys whose next unfinished event after those given is blocked. */
    private List<BlockedKey> keysWithBlockedEvents(List<Long> seqs) {
        return jdbc.sql("""
                        SELECT k.lane, k.aggregate_type, k.aggregate_id
                        FROM (SELECT lane, aggregate_type, aggregate_id, max(seq) AS last FROM outbox_events
                              WHERE seq IN (:seqs) AND status IN ('PENDING', 'RETRYING')
                              GROUP BY lane, aggregate_type, aggregate_id) k
                        WHERE (SELECT h.status FROM outbox_events h
                               WHERE h.aggregate_id = k.aggregate_id AND h.aggregate_type = k.aggregate_type AND %s AND h.seq > k.last
                               ORDER BY h.seq LIMIT 1) = 'BLOCKED'
                        """.formatted(holds))
                .param("seqs", seqs)
                .query((row, number) -> blockedKey(row))
                .list();
    }

    @Override
    List<Long> fail(List<Failure> failures) {
        if (failures.isEmpty()) return List.of();
        Set<Long> live = new HashSet<>(
                jdbc.sql("SELECT seq FROM outbox_events WHERE seq IN (:seqs) AND status IN ('PENDING', 'RETRYING')")
                        .param("seqs", failures.stream().map(Failure::seq).toList())
                        .query(Long.class)
                        .list());
        List<Failure> won = failures.stream()
                .filter(failure -> live.contains(failure.seq()))
                .toList();
        if (won.isEmpty()) return List.of();
        batches.batchUpdate(
                tables.named("""
                        UPDATE outbox_events
                        SET status = :status, attempts = attempts + :counted, last_error = :error, failed_at = %s, next_attempt_at = %s
                        WHERE seq = :seq
                        """.formatted(dialect.now(), dialect.after(":delay"))),
                won.stream().map(PortableBatchStore::parameters).toArray(SqlParameterSource[]::new));
        return won.stream()
                .filter(failure -> failure.retryIn() == null)
                .map(Failure::seq)
                .toList();
    }

    private static SqlParameterSource parameters(Failure failure) {
        return new MapSqlParameterSource("seq", failure.seq())
                .addValue("status", failure.status().name())
                .addValue("counted", failure.counts() ? 1 : 0)
                .addValue("error", failure.error())
                .addValue("delay", delay(failure), Types.BIGINT);
    }

    /** In microseconds. A quarantined event has no next attempt: NULL in, NULL out. */
    private static @Nullable Long delay(Failure failure) {
        return failure.retryIn() == null ? null : failure.retryIn().toNanos() / 1000;
    }

    /** A pending event, its lane, and the first unfinished event of its key. */
    private record Waiting(long seq, int lane, long head, String headStatus) {
        boolean isHeld() {
            return head < seq && !headStatus.equals("PENDING");
        }

        boolean isBehindPending() {
            return head < seq && headStatus.equals("PENDING");
        }
    }

    /** Looks at the first unfinished event of each key only. When that is pending, what follows waits for it unparked. */
    private List<Waiting> waiting(String rows, Map<String, ?> parameters) {
        return jdbc.sql("""
                        SELECT n.seq, n.lane, f.seq AS head, f.status AS head_status
                        FROM (%s) n
                             JOIN outbox_events f ON f.seq = (SELECT h.seq FROM outbox_events h
                               WHERE h.aggregate_id = n.aggregate_id AND h.aggregate_type = n.aggregate_type AND %s
                               ORDER BY h.seq LIMIT 1)
                        """.formatted(rows, holds))
                .params(parameters)
                .query((row, number) -> new Waiting(
                        row.getLong("seq"), row.getInt("lane"), row.getLong("head"), row.getString("head_status")))
                .list();
    }

    @Override
    Map<Integer, Long> park(List<Long> seqs) {
        if (seqs.isEmpty()) return Map.of();
        List<Waiting> waiting = waiting(
                "SELECT seq, lane, aggregate_type, aggregate_id FROM outbox_events WHERE seq IN (:seqs) AND status = 'PENDING'",
                Map.of("seqs", seqs));
        park(waiting.stream());
        Map<Integer, Long> heads = new HashMap<>();
        for (Waiting event : waiting) if (event.isBehindPending()) heads.merge(event.lane(), event.head(), Math::min);
        return heads;
    }

    @Override
    void parkAfter(int lane, long seq) {
        park(waiting("""
                        SELECT seq, lane, aggregate_type, aggregate_id FROM outbox_events
                        WHERE status = 'PENDING' AND lane = :lane AND next_attempt_at IS NULL AND seq > :seq
                        ORDER BY status, lane, next_attempt_at, seq LIMIT :ahead""", Map.of("lane", lane, "seq", seq, "ahead", PARK_AHEAD)).stream());
    }

    private void park(Stream<Waiting> waiting) {
        change(waiting.filter(Waiting::isHeld).map(Waiting::seq).toList(), "BLOCKED");
    }

    private void change(List<Long> seqs, String status) {
        if (seqs.isEmpty()) return;
        jdbc.sql("UPDATE outbox_events SET status = :status WHERE seq IN (:seqs)")
                .param("status", status)
                .param("seqs", seqs)
                .update();
    }

    @Override
    Optional<Long> release(int lane, Key key, long floor) {
        record Event(long seq, String status) {}
        List<Event> first = jdbc.sql("""
                        SELECT h.seq, h.status FROM outbox_events h
                        WHERE h.aggregate_id = :aggregateId AND h.aggregate_type = :aggregateType AND %s
                        ORDER BY h.seq LIMIT :chunk
                        """.formatted(holds))
                .param("aggregateType", key.aggregateType())
                .param("aggregateId", key.aggregateId())
                .param("chunk", rules.releaseChunk())
                .query((row, number) -> new Event(row.getLong("seq"), row.getString("status")))
                .list();
        List<Long> free = first.stream()
                .takeWhile(event -> event.status().equals("BLOCKED"))
                .map(Event::seq)
                .toList();
        change(free, "PENDING");
        return free.stream().findFirst();
    }
}
