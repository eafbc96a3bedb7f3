package dev.outbox.store;

import org.jspecify.annotations.Nullable;

/**
 * How far the scan of a lane has got for good: no event of the lane at or below {@code value} is {@code PENDING}, nor will a late commit make
 * one so. So polling never walks over published history, nor over dead index entries that somebody's old snapshot keeps.
 *
 * <p>Sequence numbers are drawn before they are committed, so the highest one seen says nothing about lower ones yet. It is remembered together
 * with a transaction id that was assigned after it was seen. A publisher's transaction has its id before it draws its number ({@link
 * EventStore#insert}); once every transaction up to the remembered id has ended, no lower number can be committed any more.
 *
 * <p>A relay keeps its floor in memory and writes it down when it writes the lane's row anyway. That is safe because whatever makes an event
 * {@code PENDING} again (a release, an approval) raises the row's revision: a read whose revision is not the row's any more, in the read's own snapshot,
 * starts at the row's floor instead.
 *
 * @param value the floor
 * @param high the highest sequence seen, to become the floor; null when none waits
 * @param horizon the transaction id that has to be over first; null together with {@code high}
 * @param revision the revision of the lane's row from which this floor comes
 */
public record LaneFloor(
        long value, @Nullable Long high, @Nullable Long horizon, long revision) {
    /** What is known of a lane whose row says {@code row} now. */
    LaneFloor confirmedBy(LaneFloor row) {
        return revision == row.revision ? this : row;
    }

    /** Below a sequence that has become {@code PENDING} again, in the next revision. */
    LaneFloor loweredBelow(long pendingSeq) {
        return new LaneFloor(Math.min(value, pendingSeq - 1), high, horizon, revision + 1);
    }

    /** Whether {@link #next} could change anything after a read up to {@code seen}. */
    boolean mayMove(long seen) {
        return high != null || seen > value;
    }

    /**
     * The floor after a mark.
     *
     * @param seen the highest sequence in the batch that was read before this mark, 0 when it was empty
     * @param now what the database says inside the mark's transaction
     */
    LaneFloor next(long seen, Horizon now) {
        LaneFloor raised = this;
        if (high != null && horizon != null && horizon < now.oldestRunning()) {
            long free = now.lowestPending() == null ? high : Math.min(high, now.lowestPending() - 1);
            raised = new LaneFloor(Math.max(value, free), null, null, revision);
        }
        if (raised.high == null && seen > raised.value)
            return new LaneFloor(raised.value, seen, now.transactionId(), revision);
        return raised;
    }

    /**
     * What a mark's transaction sees.
     *
     * @param transactionId its own, assigned
     * @param oldestRunning no transaction below this id is running
     * @param lowestPending the lowest pending sequence of the lane above its floor; null when there is none
     */
    record Horizon(
            long transactionId,
            long oldestRunning,
            @Nullable Long lowestPending) {}
}
