package dev.outbox.store;

/**
 * A lane that was just claimed.
 *
 * @param floor where its scan starts
 */
public record LaneClaim(LaneLease lease, LaneFloor floor) {}
