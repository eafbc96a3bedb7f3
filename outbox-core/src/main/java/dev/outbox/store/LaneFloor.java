package dev.outbox.store;

import dev.outbox.store.Reading.Seen;
import org.jspecify.annotations.Nullable;

/**
 * How far the scan of a lane has got for good: no event of the lane at or below {@code value} is {@code PENDING}, nor will a late commit make
 * one so. So polling never walks over published history, nor over dead index entries that somebody's old snapshot keeps.
 *
 * <p>Sequence numbers are drawn before they are committed, so the highest one seen says nothing about lower ones yet. It is remembered together
 * with a transaction id that was assigned after it was seen. A publisher's transaction has its id before it draws its number ({@link
 * PostgresInsert}); once every transaction up to the remembered id has ended, no lower number can be committed any more.
 *
 * <p>Where no such ids can be had, times of the database stand in for them, and {@link PortableBatchStore} says what else it takes.
 *
 * <p>A relay keeps its floor in memory and writes it down when it writes the lane's row anyway. That is safe because whatever makes an event
 * {@code PENDING} again (a release, an approval) raises the row's revision: a read whose revision is not the row's any more, in the read's own snapshot,
 * starts at the row's floor instead, or a mark before the next read does.
 *
 * @param value the floor
 * @param high the highest sequence seen, to become the floor; null when none waits
 * @param horizon the transaction id that has to be over first, or the time that has to be past; null together with {@code high}
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

    /**
     * The floor after a read that started at it.
     *
     * <p>When all transactions up to the horizon had ended before the read, it has seen all that will ever be at or below {@code high}, and what is
     * {@code PENDING} of it is not below the first that was read. Nothing is concluded from a read that has found nothing of the lane: it may be paused, or
     * have had no place in the batch. Nor is anything from a read at another revision: what has become {@code PENDING} meanwhile it has not seen. A batch is
     * marked more than once when its lease is renewed on the way.
     */
    LaneFloor raisedBy(Seen seen) {
        if (high == null || horizon == null || horizon >= seen.oldestRunning() || seen.lowestPending() == 0)
            return this;
        if (seen.revision() != revision) return this;
        return new LaneFloor(Math.max(value, Math.min(high, seen.lowestPending() - 1)), null, null, revision);
    }

    /**
     * Remembers the highest sequence of a read, unless one is remembered.
     *
     * @param transactionId assigned after the read
     */
    LaneFloor remembering(Seen seen, long transactionId) {
        if (high != null || seen.highest() <= value) return this;
        return new LaneFloor(value, seen.highest(), transactionId, revision);
    }
}
