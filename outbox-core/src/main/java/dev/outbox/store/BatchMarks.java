package dev.outbox.store;

import dev.outbox.EventStatus;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch.
 *
 * @param acknowledged sequences that the broker has stored
 * @param failed what failed, except unknown outcomes, which leave an event as it was
 * @param waiting sequences that were read and not sent because of an earlier event of their key
 */
public record BatchMarks(List<Long> acknowledged, List<Failure> failed, List<Long> waiting) {
    /** Nothing happened to the batch. */
    public static final BatchMarks NONE = new BatchMarks(List.of(), List.of(), List.of());

    /**
     * A failed event.
     *
     * @param counts whether the failure counts towards quarantine
     * @param retryIn when it is tried again; null sends it to quarantine
     * @param error class and message, without payload, at most {@value #MAX_ERROR} characters
     */
    public record Failure(
            long seq, boolean counts, @Nullable Duration retryIn, String error) {
        static final int MAX_ERROR = 1000;

        public Failure {
            if (error.length() > MAX_ERROR) error = error.substring(0, MAX_ERROR - 1) + "…";
            error = error.replace('\0', ' ');
        }

        EventStatus status() {
            return retryIn == null ? EventStatus.QUARANTINED : EventStatus.RETRYING;
        }
    }
}
