package dev.outbox;

import java.time.Instant;
import java.util.UUID;

/**
 * Quarantined events that share type and error: most likely one cause.
 *
 * @param error the beginning of their error, up to {@value #ERROR_LENGTH} characters, by which they are grouped
 * @param events how many
 * @param keys of how many keys
 * @param firstFailure when the first of them failed last, by the database's clock
 * @param example one of them
 */
public record QuarantineGroup(
        String eventType, String error, long events, long keys, Instant firstFailure, UUID example) {
    /** So that errors which name offsets or times after their beginning still make one group. */
    public static final int ERROR_LENGTH = 100;
}
