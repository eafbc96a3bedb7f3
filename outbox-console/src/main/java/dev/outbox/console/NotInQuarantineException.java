package dev.outbox.console;

import java.util.UUID;

/** There is nothing to decide about an event. */
final class NotInQuarantineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotInQuarantineException(UUID eventId) {
        super(
                "Event %s is not in quarantine: somebody else was quicker, or it never was. Nothing was changed; look at its state."
                        .formatted(eventId));
    }
}
