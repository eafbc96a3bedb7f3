package dev.outbox.inbox.deadletter;

/** A copy of a record could not be put into the dead-letter topic, or could not be read there. The message says what to do, and shows no payload. */
public final class DeadLetterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeadLetterException(String message, Throwable cause) {
        super(message, cause);
    }

    DeadLetterException(String message) {
        super(message);
    }
}
