package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows of {@code outbox_lanes}, one a lane. All times are the database's, so relays need no synchronised clocks.
 *
 * <p>{@code SKIP LOCKED} is used on lanes, never on events: two relays that share the events of one key could swap them. Whatever changes the
 * blocking of a key holds its lane's row lock meanwhile ({@link #lock}), so relays and operators cannot cross.
 */
public abstract class LaneStore {
    final OutboxTables tables;
    final JdbcClient jdbc;
    final ShortTransaction transaction;

    LaneStore(OutboxTables tables, Dialect dialect) {
        this.tables = tables;
        this.jdbc = tables.jdbc();
        this.transaction = new ShortTransaction(tables, dialect);
    }

    /** The lanes of these tables; for what may throw see {@link Database#of}. */
    public static LaneStore of(OutboxTables tables) {
        return Dialect.of(tables).lanes(tables);
    }

    /**
     * The number of lanes: how many rows the table has.
     *
     * @throws OutboxConfigurationException if it has none, or if they are not numbered from 0 without a gap: keys would hash to lanes that nobody works on
     */
    public final int count() {
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
    public abstract List<LaneClaim> claim(String owner, Duration lease, int most);

    /**
     * Lanes that are locked until the end of the transaction.
     *
     * @param floors by lane, as their rows say
     * @param transactionId of this transaction, which it has for sure; the time of the database where {@link LaneFloor} goes by time; 0 when no
     *     lane is locked
     */
    record Locked(Map<Integer, LaneFloor> floors, long transactionId) {}

    /** Locks the rows of those lanes whose token is still the lease's; the others were taken over. */
    abstract Locked lock(List<LaneLease> leases);

    /** Locks the row of a lane until the end of the transaction, whoever holds its lease. */
    final LaneFloor lock(int lane) {
        return jdbc.sql("SELECT floor, high, horizon, revision FROM outbox_lanes WHERE lane = :lane FOR UPDATE")
                .param("lane", lane)
                .query((row, number) -> floor(row))
                .single();
    }

    /** Waits until every mark that has begun is over. Lanes that nobody has locked take one statement, and nobody waits meanwhile for one that somebody has. */
    final void awaitMarks() {
        Set<Integer> marked = new TreeSet<>(
                jdbc.sql("SELECT lane FROM outbox_lanes").query(Integer.class).list());
        transaction
                .run(() -> jdbc.sql("SELECT lane FROM outbox_lanes FOR UPDATE SKIP LOCKED")
                        .query(Integer.class)
                        .list())
                .forEach(marked::remove);
        for (int lane : marked) transaction.run(() -> lock(lane));
    }

    /**
     * A lane's row from now on.
     *
     * @param lease from now on, zero to let the lane go; null leaves it as it is
     */
    record LaneChange(int lane, LaneFloor floor, @Nullable Duration lease) {}

    /** Keeps the floor of a lane that is locked; leaves its lease, which is a relay's. */
    final void keep(int lane, LaneFloor floor) {
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
    abstract void change(List<LaneChange> changes);

    /**
     * Forgets the floors if sequence numbers have gone backwards since (a restored or truncated table), which would hide new events below
     * them.
     *
     * @return whether they have for sure
     */
    public abstract boolean forgetFloorsAboveTheSequence();

    /**
     * Lowers floors below events that were committed late. Only where {@link LaneFloor} goes by time; elsewhere there are none.
     *
     * @return how many floors were lowered
     */
    public int lowerFloorsBelowLateEvents() {
        return 0;
    }

    static LaneFloor floor(ResultSet row) throws SQLException {
        return new LaneFloor(
                row.getLong("floor"),
                row.getObject("high", Long.class),
                row.getObject("horizon", Long.class),
                row.getLong("revision"));
    }
}
