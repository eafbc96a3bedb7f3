package dev.outbox.store;

/**
 * The right to work on a lane.
 *
 * @param token raised by one with every claim: whoever holds an older one has lost the lane
 */
public record LaneLease(int lane, long token) {}
