package dev.outbox;

/**
 * What came of deciding about quarantined events.
 *
 * @param decided how many were decided by this call, each with a line in the audit trail
 * @param missed how many were not in quarantine any more when it was their turn: somebody else was quicker
 * @param more whether others match, which are beyond the limit of one call
 */
public record Decision(int decided, int missed, boolean more) {}
