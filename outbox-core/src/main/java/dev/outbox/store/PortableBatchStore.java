package dev.outbox.store;

import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.LaneUnion.Scan;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
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
 * <p>{@code held} is 0 for pending events, 1 for those that are retried, in quarantine or blocked, and NULL for others; the index {@code of_key} has the events of a
 * key by {@code held} and sequence. Only the <em>first</em> event of a key that is held, or pending, is ever looked up: a condition {@code seq < e.seq} would not make a range
 * of an index, because {@code e.seq} is no constant, and all later events of a hot key would be read. The planner is told which index to
 * use, and {@code concat(status, '')} says that none by status will do: it would rather read the primary key in the order that is asked for, past all published
 * events, and an UPDATE by status would lock the rows of other lanes.
 */
final class PortableBatchStore extends BatchStore {
    /** Nearly all transactions that publish are over by then; the others cost a few lookups. */
    static final Duration SETTLED_AFTER = Duration.ofSeconds(2);

    private final NamedParameterJdbcTemplate batches;
    private final OutboxTables tables;
    private final Map<Integer, String> statements = new ConcurrentHashMap<>();

    /** The condition that an event {@code h} holds later ones of its key back. */
    private final String held;

    PortableBatchStore(OutboxTables tables, Dialect dialect, BatchRules rules) {
        super(tables, dialect, rules);
        this.tables = tables;
        this.batches = new NamedParameterJdbcTemplate(tables.dataSource());
        this.held = "h.held = 1" + (rules.quarantineBlocks() ? "" : " AND h.status <> 'QUARANTINED'");
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
                (SELECT e.seq, e.aggregate_type, e.aggregate_id, octet_length(e.payload) AS bytes FROM outbox_events e %1$s
                 WHERE e.status = 'PENDING' AND e.lane = :lane AND e.next_attempt_at IS NULL AND e.seq > :floor
                 ORDER BY e.seq LIMIT :limit)
                UNION ALL
                (SELECT e.seq, e.aggregate_type, e.aggregate_id, octet_length(e.payload) AS bytes FROM outbox_events e %1$s
                 WHERE e.status = 'RETRYING' AND e.lane = :lane AND e.next_attempt_at <= %2$s
                 ORDER BY e.next_attempt_at LIMIT :limit)
                """.formatted(dialect.index("waiting"), dialect.now())).of(lanes);
        return """
                SELECT e.seq, e.event_id, e.lane, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.event_type,
                       e.topic, e.content_type, e.payload, e.headers, e.encryption_key_id, e.created_at, e.attempts,
                       %s,
                       e.topic IN (SELECT p.target FROM outbox_pauses p WHERE p.scope = 'TOPIC') AS paused,
                       EXISTS (SELECT 1 FROM outbox_pauses p
                               WHERE p.scope = 'EVERYTHING' OR (p.scope = 'LANE' AND p.target = concat(e.lane, ''))) AS lane_paused,
                       e.status = 'PENDING' AS pending,
                       %s AS read_at
                FROM (SELECT candidate.*, sum(bytes) OVER (ORDER BY seq) - bytes AS bytes_before, %s FROM (%s) candidate) c
                     JOIN outbox_events e ON e.seq = c.seq
                WHERE c.bytes_before = 0 OR c.bytes_before + c.bytes <= :maxBytes
                """.formatted(firstsOfKey("c"), dialect.now(), FirstsOfKey.FIRST_ROW, candidates);
    }

    private String firstsOfKey(String row) {
        return FirstsOfKey.columns(row, firstOfKey("h.seq", held, row), firstOfKey("h.seq", "h.held = 0", row));
    }

    /** Of the first event with the key of another row that fulfils a condition. */
    private String firstOfKey(String column, String condition, String row) {
        return """
                SELECT %s FROM outbox_events h %s
                WHERE h.aggregate_id = %3$s.aggregate_id AND h.aggregate_type = %3$s.aggregate_type AND %4$s
                ORDER BY h.aggregate_id, h.aggregate_type, h.held, h.seq LIMIT 1""".formatted(column, dialect.index("of_key"), row, condition);
    }

    /** Sorted here: the database would move the payloads to a temporary table for that. */
    private Reading reading(ResultSet rows, List<LaneClaim> claims) throws SQLException {
        record Read(Candidate candidate, long firstRow) {
            long seq() {
                return candidate.seq();
            }
        }
        List<Read> read = new ArrayList<>();
        FirstsOfKey.OfRows firsts = new FirstsOfKey.OfRows();
        long settledBefore = 0;
        while (rows.next()) {
            firsts.see(rows);
            if (rows.getBoolean("lane_paused")) continue;
            settledBefore = micros(dialect, rows, "read_at") - SETTLED_AFTER.toNanos() / 1000;
            read.add(new Read(candidate(rows, false), rows.getLong("first_row")));
        }
        Set<Long> all = read.stream().map(Read::seq).collect(Collectors.toSet());
        List<Candidate> candidates = read.stream()
                .sorted(Comparator.comparingLong(Read::seq))
                .map(event -> firsts.of(event.firstRow()).makeLate(event.seq(), all)
                        ? event.candidate().asLate()
                        : event.candidate())
                .toList();
        return new Reading(candidates, settledBefore, revisions(claims));
    }

    /** A time as a number, in microseconds. */
    static long micros(Dialect dialect, ResultSet row, String column) throws SQLException {
        Instant time = Objects.requireNonNull(dialect.instant(row, column));
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
        jdbc.sql(change + " WHERE seq IN (:seqs) AND concat(status, '') IN ('PENDING', 'RETRYING')")
                .param("seqs", seqs)
                .update();
        return blocked;
    }

    /** Keys whose first held event, these apart, is blocked. */
    private List<BlockedKey> keysWithBlockedEvents(List<Long> seqs) {
        return jdbc.sql("""
                        SELECT k.lane, k.aggregate_type, k.aggregate_id
                        FROM (SELECT DISTINCT lane, aggregate_type, aggregate_id FROM outbox_events
                              WHERE seq IN (:seqs) AND concat(status, '') IN ('PENDING', 'RETRYING')) k
                        WHERE (%s) = 'BLOCKED'
                        """.formatted(firstOfKey("h.status", held + " AND h.seq NOT IN (:seqs)", "k")))
                .param("seqs", seqs)
                .query((row, number) -> blockedKey(row))
                .list();
    }

    @Override
    List<Quarantined> fail(List<Failure> failures) {
        if (failures.isEmpty()) return List.of();
        Map<Long, BlockedKey> live = new HashMap<>();
        jdbc.sql("""
                        SELECT seq, lane, aggregate_type, aggregate_id FROM outbox_events
                        WHERE seq IN (:seqs) AND concat(status, '') IN ('PENDING', 'RETRYING')
                        """)
                .param("seqs", failures.stream().map(Failure::seq).toList())
                .query(row -> {
                    live.put(row.getLong("seq"), blockedKey(row));
                });
        List<Failure> won = failures.stream()
                .filter(failure -> live.containsKey(failure.seq()))
                .toList();
        if (won.isEmpty()) return List.of();
        batches.batchUpdate(
                tables.named("""
                        UPDATE outbox_events
                        SET status = :status, attempts = attempts + :counted, last_error = :error, failed_at = %s, next_attempt_at = %s
                        WHERE seq = :seq AND concat(status, '') IN ('PENDING', 'RETRYING')
                        """.formatted(dialect.now(), dialect.after(":delay"))),
                won.stream().map(PortableBatchStore::parameters).toArray(SqlParameterSource[]::new));
        return won.stream()
                .filter(failure -> failure.retryIn() == null)
                .map(failure -> new Quarantined(failure.seq(), Objects.requireNonNull(live.get(failure.seq()))))
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

    @Override
    Map<Integer, Long> park(List<Long> seqs) {
        if (seqs.isEmpty()) return Map.of();
        return parkHeld("""
                SELECT seq, lane, aggregate_type, aggregate_id FROM outbox_events
                WHERE seq IN (:seqs) AND concat(status, '') = 'PENDING'""", Map.of("seqs", seqs));
    }

    @Override
    void parkAfter(int lane, long seq) {
        parkHeld("""
                SELECT e.seq, e.lane, e.aggregate_type, e.aggregate_id FROM outbox_events e %s
                WHERE e.status = 'PENDING' AND e.lane = :lane AND e.next_attempt_at IS NULL AND e.seq > :seq
                ORDER BY e.seq LIMIT :ahead""".formatted(dialect.index("waiting")), Map.of("lane", lane, "seq", seq, "ahead", PARK_AHEAD));
    }

    /** Parks those of some pending events that are held back, and returns by lane the lowest for which the others wait. */
    private Map<Integer, Long> parkHeld(String rows, Map<String, ?> parameters) {
        record Event(long seq, int lane, long firstRow) {}
        FirstsOfKey.OfRows firsts = new FirstsOfKey.OfRows();
        List<Event> events = jdbc.sql("SELECT n.seq, n.lane, %s FROM (SELECT r.*, %s FROM (%s) r) n"
                        .formatted(firstsOfKey("n"), FirstsOfKey.FIRST_ROW, rows))
                .params(parameters)
                .query((row, number) -> {
                    firsts.see(row);
                    return new Event(row.getLong("seq"), row.getInt("lane"), row.getLong("first_row"));
                })
                .list();
        List<Long> held = new ArrayList<>();
        Map<Integer, Long> pending = new HashMap<>();
        for (Event event : events) {
            FirstsOfKey key = firsts.of(event.firstRow());
            if (key.holdBack(event.seq())) held.add(event.seq());
            else pending.merge(event.lane(), key.pending(), Math::min);
        }
        change(held, "PENDING", "BLOCKED");
        return pending;
    }

    private void change(List<Long> seqs, String from, String to) {
        if (seqs.isEmpty()) return;
        jdbc.sql("UPDATE outbox_events SET status = :to WHERE seq IN (:seqs) AND concat(status, '') = :from")
                .param("from", from)
                .param("to", to)
                .param("seqs", seqs)
                .update();
    }

    @Override
    Optional<Long> release(int lane, Key key, long floor) {
        record Event(long seq, String status) {}
        List<Event> held = jdbc.sql("""
                        SELECT h.seq, h.status FROM outbox_events h %s
                        WHERE h.aggregate_id = :aggregateId AND h.aggregate_type = :aggregateType AND %s
                        ORDER BY h.seq LIMIT :chunk
                        """.formatted(dialect.index("of_key"), this.held))
                .param("aggregateType", key.aggregateType())
                .param("aggregateId", key.aggregateId())
                .param("chunk", rules.releaseChunk())
                .query((row, number) -> new Event(row.getLong("seq"), row.getString("status")))
                .list();
        List<Long> free = held.stream()
                .takeWhile(event -> event.status().equals("BLOCKED"))
                .map(Event::seq)
                .toList();
        if (free.isEmpty() || isPendingBefore(free.get(0), key)) return Optional.empty();
        change(free, "BLOCKED", "PENDING");
        return Optional.of(free.get(0));
    }

    private boolean isPendingBefore(long seq, Key key) {
        return jdbc.sql("""
                        SELECT h.seq FROM outbox_events h %s
                        WHERE h.aggregate_id = :aggregateId AND h.aggregate_type = :aggregateType AND h.held = 0 AND h.seq < :seq
                        LIMIT 1
                        """.formatted(dialect.index("of_key")))
                .param("aggregateType", key.aggregateType())
                .param("aggregateId", key.aggregateId())
                .param("seq", seq)
                .query(Long.class)
                .optional()
                .isPresent();
    }
}
