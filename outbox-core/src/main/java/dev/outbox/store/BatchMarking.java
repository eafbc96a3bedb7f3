package dev.outbox.store;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The mark: what became of a batch, and what becomes of the lane, in one transaction that first locks the lane's row and checks the token. The
 * fence and the conditions on the rows cover for each other; without both, a stale failure would bring a discarded event back.
 */
public final class BatchMarking {
    private final LaneStore lanes;
    private final BatchStore batches;
    private final ShortTransaction transaction;

    public BatchMarking(OutboxTables tables, LaneStore lanes, BatchStore batches) {
        this.lanes = lanes;
        this.batches = batches;
        this.transaction = new ShortTransaction(tables);
    }

    /**
     * A mark that was made.
     *
     * @param floor of the lane from now on
     * @param quarantined the sequences that this mark has put into quarantine
     */
    public record Marked(LaneFloor floor, List<Long> quarantined) {}

    /**
     * Marks a batch.
     *
     * @param known the lane's floor as the relay knows it
     * @param seen the highest sequence of the batch, 0 when it was empty
     * @param leaseFromNow the lane's lease from now on, zero to let it go; null leaves the lease as it is
     * @return empty if somebody else has claimed the lane meanwhile: then nothing was changed, and what was acknowledged is sent again
     */
    public Optional<Marked> mark(
            LaneLease lease, LaneFloor known, long seen, BatchMarks marks, @Nullable Duration leaseFromNow) {
        return transaction.run(() -> lanes.lock(lease).map(row -> {
            LaneFloor floor = known.confirmedBy(row);
            List<Key> freed = batches.publish(marks.acknowledged());
            List<Long> quarantined = batches.fail(marks.failed());
            batches.park(marks.waiting());
            for (Key key : freed) floor = afterRelease(lease.lane(), key, floor);
            if (floor.mayMove(seen)) floor = floor.next(seen, batches.horizon(lease.lane(), floor.value()));
            if (leaseFromNow != null) lanes.extend(lease.lane(), leaseFromNow);
            if (leaseFromNow != null || floor.revision() != row.revision()) lanes.keep(lease.lane(), floor);
            return new Marked(floor, quarantined);
        }));
    }

    private LaneFloor afterRelease(int lane, Key key, LaneFloor floor) {
        return batches.release(lane, key, floor.value())
                .map(floor::loweredBelow)
                .orElse(floor);
    }
}
