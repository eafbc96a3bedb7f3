package dev.outbox.store;

import dev.outbox.spi.OutboxRecord;

/**
 * An event that was read to be sent.
 *
 * @param attempts how many of its failures have counted so far
 * @param late whether an earlier event of its key is being retried, quarantined or blocked, and not in the same batch: it is not sent, but parked
 */
public record Candidate(OutboxRecord event, int attempts, boolean late) {}
