package dev.outbox.console;

import java.util.UUID;

/** A dead letter that was asked for is not there. */
final class UnknownDeadLetterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownDeadLetterException(String consumer, UUID eventId) {
        super(
                "There is no dead letter of event %s for the consumer '%s': it has been handled or discarded, or it never was one."
                        .formatted(eventId, consumer));
    }
}
