package dev.outbox.store;

import dev.outbox.store.LaneUnion.Scan;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/**
 * {@link LaneStore} in plain statements that MySQL, MariaDB and H2 understand. Lanes are looked over first and locked by their primary keys then, because a statement that
 * has to sort would lock all it reads. Their floors are constants in what looks for their events, because only constants make a range of an index.
 */
final class PortableLaneStore extends LaneStore {
    /** How many lanes one statement looks for work in. */
    private static final int AT_ONCE = 64;

    private final Dialect dialect;
    private final NamedParameterJdbcTemplate batches;
    private final LaneUnion work;
    private final LaneUnion late;

    PortableLaneStore(OutboxTables tables, Dialect dialect) {
        super(tables, dialect);
        this.dialect = dialect;
        this.batches = new NamedParameterJdbcTemplate(tables.dataSource());
        this.work = new LaneUnion("""
                (SELECT e.lane FROM outbox_events e %1$s
                 WHERE status = 'PENDING' AND lane = :lane AND next_attempt_at IS NULL AND seq > :floor LIMIT 1)
                UNION ALL
                (SELECT e.lane FROM outbox_events e %1$s
                 WHERE status = 'RETRYING' AND lane = :lane AND next_attempt_at <= %2$s LIMIT 1)
                """.formatted(dialect.index("waiting"), dialect.now()));
        this.late = new LaneUnion("""
                (SELECT e.lane, e.seq FROM outbox_events e %s
                 WHERE status = 'PENDING' AND lane = :lane AND next_attempt_at IS NULL AND seq <= :floor
                 ORDER BY e.seq LIMIT 1)
                """.formatted(dialect.index("waiting")));
    }

    @Override
    public List<LaneClaim> claim(String owner, Duration lease, int most) {
        List<LaneClaim> claims = new ArrayList<>();
        List<Scan> free = transaction.read(() -> jdbc.sql("""
                        SELECT l.lane, l.floor FROM outbox_lanes l
                        WHERE l.lease_until <= %s
                          AND NOT EXISTS (SELECT 1 FROM outbox_pauses p
                                          WHERE p.scope = 'EVERYTHING' OR (p.scope = 'LANE' AND p.target = concat(l.lane, '')))
                        ORDER BY l.lease_until, l.lane
                        """.formatted(dialect.now()))
                .query((row, number) -> new Scan(row.getInt("lane"), row.getLong("floor")))
                .list());
        for (List<Scan> some : chunks(free, AT_ONCE)) {
            for (List<Integer> busy : chunks(withWork(some), most)) {
                List<Integer> wanted = busy.subList(0, Math.min(busy.size(), most - claims.size()));
                claims.addAll(transaction.run(() -> claim(owner, lease, wanted)));
                if (claims.size() == most) return claims;
            }
        }
        return claims;
    }

    /** Those lanes that have something to send now, in the same order. */
    private List<Integer> withWork(List<Scan> lanes) {
        List<Integer> found = transaction.read(() -> jdbc.sql(work.of(lanes.size()))
                .params(LaneUnion.parameters(lanes))
                .query(Integer.class)
                .list());
        return lanes.stream().map(Scan::lane).filter(found::contains).toList();
    }

    private List<LaneClaim> claim(String owner, Duration lease, List<Integer> lanes) {
        List<LaneClaim> claims = jdbc.sql("""
                        SELECT lane, token + 1 AS token, floor, high, horizon, revision FROM outbox_lanes
                        WHERE lane IN (:lanes) AND lease_until <= %s
                        ORDER BY lane
                        FOR UPDATE SKIP LOCKED
                        """.formatted(dialect.now()))
                .param("lanes", lanes)
                .query((row, number) ->
                        new LaneClaim(new LaneLease(row.getInt("lane"), row.getLong("token")), floor(row)))
                .list();
        if (claims.isEmpty()) return claims;
        jdbc.sql("UPDATE outbox_lanes SET token = token + 1, owner = :owner, lease_until = %s WHERE lane IN (:lanes)"
                        .formatted(dialect.after(":lease")))
                .param("owner", owner)
                .param("lease", micros(lease), Types.BIGINT)
                .param("lanes", claims.stream().map(LaneClaim::lane).toList())
                .update();
        return claims;
    }

    @Override
    Locked lock(List<LaneLease> leases) {
        Map<Integer, Long> tokens = new HashMap<>();
        for (LaneLease lease : leases) tokens.put(lease.lane(), lease.token());
        Map<Integer, LaneFloor> rows = new HashMap<>();
        long[] time = {0};
        jdbc.sql("""
                        SELECT lane, token, floor, high, horizon, revision, %s AS locked_at FROM outbox_lanes
                        WHERE lane IN (:lanes) ORDER BY lane FOR UPDATE
                        """.formatted(dialect.now())).param("lanes", tokens.keySet()).query(row -> {
            if (!Objects.equals(tokens.get(row.getInt("lane")), row.getLong("token"))) return;
            rows.put(row.getInt("lane"), floor(row));
            time[0] = PortableBatchStore.micros(dialect, row, "locked_at");
        });
        return new Locked(rows, time[0]);
    }

    @Override
    void change(List<LaneChange> changes) {
        if (changes.isEmpty()) return;
        batches.batchUpdate(
                tables.named("""
                        UPDATE outbox_lanes
                        SET floor = :floor, high = :high, horizon = :horizon, revision = :revision, lease_until = coalesce(%s, lease_until)
                        WHERE lane = :lane
                        """.formatted(dialect.after(":lease"))),
                changes.stream().map(PortableLaneStore::parameters).toArray(SqlParameterSource[]::new));
    }

    private static SqlParameterSource parameters(LaneChange change) {
        return new MapSqlParameterSource("lane", change.lane())
                .addValue("floor", change.floor().value())
                .addValue("high", change.floor().high(), Types.BIGINT)
                .addValue("horizon", change.floor().horizon(), Types.BIGINT)
                .addValue("revision", change.floor().revision())
                .addValue("lease", micros(change.lease()), Types.BIGINT);
    }

    /**
     * Goes by the highest sequence that is there. That may be low because events were deleted, so nothing is said about it, and floors that were forgotten for nothing cost
     * one scan. READ COMMITTED, because otherwise an UPDATE locks what its subquery reads, and the place where publishers insert with it.
     */
    @Override
    public boolean forgetFloorsAboveTheSequence() {
        return transaction.run(() -> {
            jdbc.sql("""
                    UPDATE outbox_lanes SET floor = 0, high = NULL, horizon = NULL, revision = revision + 1
                    WHERE greatest(floor, coalesce(high, 0)) > (SELECT coalesce(max(seq), 0) FROM outbox_events)
                    """).update();
            return false;
        });
    }

    @Override
    public int lowerFloorsBelowLateEvents() {
        List<Scan> lanes = jdbc.sql("SELECT lane, floor FROM outbox_lanes WHERE floor > 0")
                .query((row, number) -> new Scan(row.getInt("lane"), row.getLong("floor")))
                .list();
        int lowered = 0;
        for (List<Scan> some : chunks(lanes, AT_ONCE)) {
            for (Scan event : lowestLate(some)) {
                transaction.run(() -> {
                    LaneFloor row = lock(event.lane());
                    if (row.value() >= event.floor()) keep(event.lane(), row.loweredBelow(event.floor()));
                    return true;
                });
                lowered++;
            }
        }
        return lowered;
    }

    /** The lowest pending event at or below the floor, of the lanes that have one. */
    private List<Scan> lowestLate(List<Scan> lanes) {
        return transaction.read(() -> jdbc.sql(late.of(lanes.size()))
                .params(LaneUnion.parameters(lanes))
                .query((row, number) -> new Scan(row.getInt("lane"), row.getLong("seq")))
                .list());
    }

    private static @Nullable Long micros(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos() / 1000;
    }

    private static <T> List<List<T>> chunks(List<T> all, int size) {
        List<List<T>> chunks = new ArrayList<>();
        for (int i = 0; i < all.size(); i += size) chunks.add(all.subList(i, Math.min(all.size(), i + size)));
        return chunks;
    }
}
