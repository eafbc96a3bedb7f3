package dev.outbox.store;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link LaneStore} in as few statements as PostgreSQL allows. */
final class PostgresLaneStore extends LaneStore {
    PostgresLaneStore(OutboxTables tables, Dialect dialect) {
        super(tables, dialect);
    }

    @Override
    public List<LaneClaim> claim(String owner, Duration lease, int most) {
        return transaction.run(() -> jdbc.sql("""
                        WITH free AS MATERIALIZED (
                          SELECT l.lane FROM outbox_lanes l
                          WHERE l.lease_until <= clock_timestamp()
                            AND ((SELECT e.seq FROM outbox_events e
                                  WHERE e.status = 'PENDING' AND e.lane <= l.lane AND (e.lane, e.seq) > (l.lane, l.floor)
                                  ORDER BY e.lane, e.seq LIMIT 1) IS NOT NULL
                              OR (SELECT e.next_attempt_at FROM outbox_events e
                                  WHERE e.lane = l.lane AND e.next_attempt_at <= clock_timestamp()
                                  ORDER BY e.next_attempt_at LIMIT 1) IS NOT NULL)
                            AND NOT EXISTS (SELECT 1 FROM outbox_pauses p
                                            WHERE p.scope = 'EVERYTHING' OR (p.scope = 'LANE' AND p.target = l.lane::text))
                          ORDER BY l.lease_until
                          LIMIT :most
                          FOR UPDATE OF l SKIP LOCKED)
                        UPDATE outbox_lanes l
                        SET token = token + 1, owner = :owner, lease_until = clock_timestamp() + make_interval(secs => :lease)
                        FROM free WHERE l.lane = free.lane
                        RETURNING l.lane, l.token, l.floor, l.high, l.horizon, l.revision
                        """)
                .param("owner", owner)
                .param("lease", seconds(lease))
                .param("most", most)
                .query((row, number) ->
                        new LaneClaim(new LaneLease(row.getInt("lane"), row.getLong("token")), floor(row)))
                .list());
    }

    @Override
    Locked lock(List<LaneLease> leases) {
        Map<Integer, LaneFloor> rows = new HashMap<>();
        long[] transactionId = {0};
        jdbc.sql("""
                        SELECT l.lane, l.floor, l.high, l.horizon, l.revision, (SELECT pg_current_xact_id()::text::bigint) AS transaction_id
                        FROM outbox_lanes l JOIN unnest(:lanes::integer[], :tokens::bigint[]) AS mine (lane, token)
                             ON mine.lane = l.lane AND mine.token = l.token
                        ORDER BY l.lane
                        FOR UPDATE OF l
                        """)
                .param("lanes", Column.of(leases, Integer[]::new, LaneLease::lane))
                .param("tokens", Column.of(leases, Long[]::new, LaneLease::token))
                .query(row -> {
                    rows.put(row.getInt("lane"), floor(row));
                    transactionId[0] = row.getLong("transaction_id");
                });
        return new Locked(rows, transactionId[0]);
    }

    @Override
    void change(List<LaneChange> changes) {
        if (changes.isEmpty()) return;
        jdbc.sql("""
                        UPDATE outbox_lanes l
                        SET floor = n.floor, high = n.high, horizon = n.horizon, revision = n.revision,
                            lease_until = coalesce(clock_timestamp() + make_interval(secs => n.lease), l.lease_until)
                        FROM unnest(:lanes::integer[], :floors::bigint[], :highs::bigint[], :horizons::bigint[], :revisions::bigint[],
                                    :leases::double precision[]) AS n (lane, floor, high, horizon, revision, lease)
                        WHERE l.lane = n.lane
                        """)
                .param("lanes", Column.of(changes, Integer[]::new, LaneChange::lane))
                .param(
                        "floors",
                        Column.of(changes, Long[]::new, change -> change.floor().value()))
                .param(
                        "highs",
                        Column.of(changes, Long[]::new, change -> change.floor().high()))
                .param(
                        "horizons",
                        Column.of(changes, Long[]::new, change -> change.floor().horizon()))
                .param(
                        "revisions",
                        Column.of(changes, Long[]::new, change -> change.floor().revision()))
                .param("leases", Column.of(changes, Double[]::new, change -> seconds(change.lease())))
                .update();
    }

    @Override
    public boolean forgetFloorsAboveTheSequence() {
        return jdbc.sql("""
                                UPDATE outbox_lanes SET floor = 0, high = NULL, horizon = NULL, revision = revision + 1
                                WHERE greatest(floor, coalesce(high, 0)) > (
                                  SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox_events', 'seq')::regclass), 0))
                                """).update() > 0;
    }

    private static @Nullable Double seconds(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos() / 1e9;
    }
}
