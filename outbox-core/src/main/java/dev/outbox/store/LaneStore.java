package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Optional;
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
     * @throws OutboxConfigurationException if it has none
     */
    public int count() {
        int lanes = jdbc.sql("SELECT count(*) FROM outbox_lanes")
                .query(Integer.class)
                .single();
        if (lanes > 0) return lanes;
        throw new OutboxConfigurationException(
                "The table %s has no rows, but its rows are the lanes.".formatted(tables.named("outbox_lanes")),
                "Insert lanes 0 to 63, as the script that creates it does.");
    }

    /**
     * Claims a free lane that has something to send now, the one that was let go the longest ago.
     *
     * @param owner who claims, for operators to read
     * @param lease how long the claim lasts unless it is renewed
     * @return the claim, or empty when there is nothing to do that nobody else is doing
     */
    public Optional<LaneClaim> claim(String owner, Duration lease) {
        return transaction.run(() -> jdbc.sql("""
                        UPDATE outbox_lanes
                        SET token = token + 1, owner = :owner, lease_until = clock_timestamp() + make_interval(secs => :lease)
                        WHERE lane = (
                          SELECT l.lane FROM outbox_lanes l
                          WHERE l.lease_until <= clock_timestamp()
                            AND ((SELECT e.seq FROM outbox_events e
                                  WHERE e.status = 'PENDING' AND e.lane <= l.lane AND (e.lane, e.seq) > (l.lane, l.floor)
                                  ORDER BY e.lane, e.seq LIMIT 1) IS NOT NULL
                              OR (SELECT e.next_attempt_at FROM outbox_events e
                                  WHERE e.lane = l.lane AND e.next_attempt_at <= clock_timestamp()
                                  ORDER BY e.next_attempt_at LIMIT 1) IS NOT NULL)
                          ORDER BY l.lease_until
                          LIMIT 1
                          FOR UPDATE SKIP LOCKED)
                        RETURNING lane, token, floor, high, horizon, revision
                        """)
                .param("owner", owner)
                .param("lease", seconds(lease))
                .query((row, number) ->
                        new LaneClaim(new LaneLease(row.getInt("lane"), row.getLong("token")), floor(row)))
                .optional());
    }

    /** Locks the lane's row until the end of the transaction, if the lease's token is still the lane's; empty if it was taken over. */
    Optional<LaneFloor> lock(LaneLease lease) {
        return jdbc.sql("""
                        SELECT floor, high, horizon, revision FROM outbox_lanes WHERE lane = :lane AND token = :token FOR UPDATE
                        """)
                .param("lane", lease.lane())
                .param("token", lease.token())
                .query((row, number) -> floor(row))
                .optional();
    }

    /** Locks the row of a lane until the end of the transaction, whoever holds its lease. */
    LaneFloor lock(int lane) {
        return jdbc.sql("SELECT floor, high, horizon, revision FROM outbox_lanes WHERE lane = :lane FOR UPDATE")
                .param("lane", lane)
                .query((row, number) -> floor(row))
                .single();
    }

    /** Extends or ends the lease of a lane that is locked. */
    void extend(int lane, Duration leaseFromNow) {
        jdbc.sql("""
                        UPDATE outbox_lanes SET lease_until = clock_timestamp() + make_interval(secs => :lease) WHERE lane = :lane
                        """).param("lane", lane).param("lease", seconds(leaseFromNow)).update();
    }

    /** Keeps the floor of a lane that is locked. */
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
