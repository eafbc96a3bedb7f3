package dev.outbox.store;

import dev.outbox.spi.OutboxRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a relay reads and writes of {@code outbox_events}, a batch at a time. Every statement has a LIMIT or names its rows; what changes
 * the blocking of a key is called with the lane's row locked, and changes a row only from the state it has to be in.
 */
public abstract class BatchStore {
    /** How many events are looked at to park what follows in a lane. */
    static final int PARK_AHEAD = 10_000;

    final JdbcClient jdbc;
    final Dialect dialect;
    final ShortTransaction transaction;
    final BatchRules rules;

    BatchStore(OutboxTables tables, Dialect dialect, BatchRules rules) {
        this.jdbc = tables.jdbc();
        this.dialect = dialect;
        this.transaction = new ShortTransaction(tables, dialect);
        this.rules = rules;
    }

    /** The events of these tables; for what may throw see {@link Database#of}. */
    public static BatchStore of(OutboxTables tables, BatchRules rules) {
        return Dialect.of(tables).batches(tables, rules);
    }

    /**
     * Reads what may be sent next: pending events above the floors of their lanes, and retries that are due, wherever they are. One statement and so one
     * snapshot: with two, an event could be found blocked by none of them.
     *
     * @param lanes where each scan starts; nothing is read of paused lanes
     * @param limit how many pending events of each lane at most, and how many retries at most
     * @param maxBytes the payloads together do not exceed this, unless there is only one
     */
    public abstract Reading read(Collection<LaneClaim> lanes, int limit, long maxBytes);

    /** A key that has blocked events, and its lane. */
    record BlockedKey(int lane, Key key) {}

    /** Marks or deletes acknowledged events, and returns the keys of those that won which have blocked events. */
    abstract List<BlockedKey> publish(List<Long> seqs);

    /** An event that is in quarantine now, and its key. */
    record Quarantined(long seq, BlockedKey key) {}

    /** Marks failed events as {@code RETRYING} or {@code QUARANTINED}, and returns those that won and are in quarantine now. */
    abstract List<Quarantined> fail(List<BatchMarks.Failure> failures);

    /** Keys to let go after failures: while an event was retried it held others back, and it may do so no more in quarantine. */
    final List<BlockedKey> freedBy(List<Quarantined> quarantined) {
        if (rules.quarantineBlocks()) return List.of();
        return quarantined.stream().map(Quarantined::key).distinct().toList();
    }

    /**
     * Parks events that were read and not sent, if they have an earlier event of their key that is being retried, quarantined or blocked: asked here,
     * not at the read.
     *
     * @return by lane the lowest of the pending events for which others of these wait instead; it may have been committed late, below the floor
     */
    abstract Map<Integer, Long> park(List<Long> seqs);

    /**
     * Parks what follows in a lane without having read it, so that payloads are not moved and a long queue behind one key takes few marks. Looks at {@value
     * #PARK_AHEAD} events.
     *
     * @param seq after which to look
     */
    abstract void parkAfter(int lane, long seq);

    /**
     * Lets the next events of a key go if its first unfinished one is blocked.
     *
     * @param floor of the lane
     * @return the lowest sequence that is {@code PENDING} now; empty if none was let go
     */
    abstract Optional<Long> release(int lane, Key key, long floor);

    static Key key(ResultSet row) throws SQLException {
        return new Key(row.getString("aggregate_type"), row.getString("aggregate_id"));
    }

    static BlockedKey blockedKey(ResultSet row) throws SQLException {
        return new BlockedKey(row.getInt("lane"), key(row));
    }

    static Map<Integer, Long> revisions(Collection<LaneClaim> claims) {
        Map<Integer, Long> revisions = new HashMap<>();
        for (LaneClaim claim : claims) revisions.put(claim.lane(), claim.floor().revision());
        return revisions;
    }

    /** An event in a row with the columns of its table. */
    static OutboxRecord event(Dialect dialect, ResultSet row) throws SQLException {
        return new OutboxRecord(
                row.getLong("seq"),
                dialect.id(row, "event_id"),
                row.getString("aggregate_type"),
                row.getString("aggregate_id"),
                row.getObject("aggregate_version", Long.class),
                row.getString("event_type"),
                row.getString("topic"),
                row.getString("content_type"),
                row.getBytes("payload"),
                HeadersJson.read(row.getString("headers")),
                row.getString("encryption_key_id"),
                Objects.requireNonNull(dialect.instant(row, "created_at")));
    }

    final Candidate candidate(ResultSet row, boolean late) throws SQLException {
        return new Candidate(
                event(dialect, row),
                row.getInt("lane"),
                row.getInt("attempts"),
                row.getBoolean("pending"),
                late,
                row.getBoolean("paused"));
    }
}
