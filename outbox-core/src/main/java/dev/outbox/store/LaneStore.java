package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows of {@code outbox_lanes}, one a lane. All times are the database's, so relays need no synchronised clocks.
 *
 * <p>{@code SKIP LOCKED} is used on lanes, never on events: two relays that share the events of one key could swap them. Whatever changes the
 * blocking of a key holds its lane's row lock meanwhile ({@link #lock}), so relays and operators cannot cross.
 */
public final class LaneStore {
    private final OutboxTables tables;
    private final JdbcClient jdbc;
    private final ShortTransaction transaction;

    public LaneStore(OutboxTables tables) {
        this.tables = tables;
        this.jdbc = tables.jdbc();
        this.transaction = new ShortTransaction(tables);
    }

    /**
     * The number of lanes: how many rows the table has.
     *
     * @throws OutboxConfigurationException if it has none, or if they are not numbered from 0 without a gap: keys would hash to lanes that nobody works on
     */
    public int count() {
        record Rows(int number, int highest) {}
        Rows rows = jdbc.sql("SELECT count(*) AS number, coalesce(max(lane), 0) AS highest FROM outbox_lanes")
                .query((row, number) -> new Rows(row.getInt("number"), row.getInt("highest")))
                .single();
        if (rows.number() > 0 && rows.highest() == rows.number() - 1) return rows.number();
        String table = tables.named("outbox_lanes");
        throw rows.number() == 0
                ? new OutboxConfigurationException(
                        "The table %s has no rows, but its rows are the lanes.".formatted(table),
                        "Insert lanes 0 to 63, as the script that creates it does.")
                : new OutboxConfigurationException(
                        "The table %s has %d rows, but its highest lane is %d: events of the missing lanes would never be sent."
                                .formatted(table, rows.number(), rows.highest()),
                        "Number the lanes from 0 without a gap.");
    }

    /**
     * Claims free lanes that have something to send now, first those that were let go the longest ago.
     *
     * @param owner who claims, for operators to read
     * @param lease how long the claims last unless they are renewed
     * @param most how many lanes at most
     * @return the claims; none when there is nothing to do that nobody else is doing
     */
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

    /**
     * Lanes that are locked until the end of the transaction.
     *
     * @param floors by lane, as their rows say
     * @param transactionId of this transaction, which it has for sure; 0 when there is none
     */
    record Locked(Map<Integer, LaneFloor> floors, long transactionId) {}

    /** Locks the rows of those lanes whose token is still the lease's; the others were taken over. */
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

    /** Locks the row of a lane until the end of the transaction, whoever holds its lease. */
    LaneFloor lock(int lane) {
        return jdbc.sql("SELECT floor, high, horizon, revision FROM outbox_lanes WHERE lane = :lane FOR UPDATE")
                .param("lane", lane)
                .query((row, number) -> floor(row))
                .single();
    }

    /**
     * A lane's row from now on.
     *
     * @param lease from now on, zero to let the lane go; null leaves it as it is
     */
    record LaneChange(int lane, LaneFloor floor, @Nullable Duration lease) {
        @Nullable
        Double leaseSeconds() {
            return lease == null ? null : seconds(lease);
        }
    }

    /** Keeps the floor of a lane that is locked; leaves its lease, which is a relay's. */
    void keep(int lane, LaneFloor floor) {
        jdbc.sql("""
                        UPDATE outbox_lanes SET floor = :floor, high = :high, horizon = :horizon, revision = :revision WHERE lane = :lane
                        """)
                .param("lane", lane)
                .param("floor", floor.value())
                .param("high", floor.high(), Types.BIGINT)
                .param("horizon", floor.horizon(), Types.BIGINT)
                .param("revision", floor.revision())
                .update();
    }

    /** Writes floors and leases of lanes that are locked. */
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
                .param("leases", Column.of(changes, Double[]::new, LaneChange::leaseSeconds))
                .update();
    }

    /**
     * Forgets the floors if sequence numbers have gone backwards since (a restored or truncated table), which would hide new events below
     * them.
     *
     * @return whether there was a floor above what has been drawn
     */
    public boolean forgetFloorsAboveTheSequence() {
        return jdbc.sql("""
                                UPDATE outbox_lanes SET floor = 0, high = NULL, horizon = NULL, revision = revision + 1
                                WHERE greatest(floor, coalesce(high, 0)) > (
                                  SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox_events', 'seq')::regclass), 0))
                                """).update() > 0;
    }

    private static LaneFloor floor(ResultSet row) throws SQLException {
        return new LaneFloor(
                row.getLong("floor"),
                row.getObject("high", Long.class),
                row.getObject("horizon", Long.class),
                row.getLong("revision"));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
