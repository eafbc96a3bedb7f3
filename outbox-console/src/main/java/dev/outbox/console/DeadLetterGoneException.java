package dev.outbox.console;

import java.util.UUID;

/** There is no dead letter to discard. */
final class DeadLetterGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeadLetterGoneException(String consumer, UUID eventId) {
        super(
                "Event %s is no dead letter of the consumer '%s': somebody else was quicker, or it never was. Nothing was changed; list what is there."
                        .formatted(eventId, consumer));
    }
}
