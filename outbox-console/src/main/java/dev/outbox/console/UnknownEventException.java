package dev.outbox.console;

import java.util.UUID;

/** An event that was asked for is not there. */
final class UnknownEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownEventException(UUID eventId) {
        super(
                "There is no event %s: it was never published, its transaction was rolled back, or it has been removed already."
                        .formatted(eventId));
    }
}
