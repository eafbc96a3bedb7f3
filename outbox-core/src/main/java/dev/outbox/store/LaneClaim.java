package dev.outbox.store;

/**
 * A lane that somebody has claimed.
 *
 * @param floor where its scan starts
 */
public record LaneClaim(LaneLease lease, LaneFloor floor) {
    /** The lane's number. */
    public int lane() {
        return lease.lane();
    }

    /** The same claim after the floor has moved. */
    public LaneClaim at(LaneFloor newFloor) {
        return new LaneClaim(lease, newFloor);
    }
}
