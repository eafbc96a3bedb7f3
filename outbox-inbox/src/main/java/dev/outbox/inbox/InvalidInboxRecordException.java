package dev.outbox.inbox;

import org.jspecify.annotations.Nullable;

/** A record lacks the headers of the wire contract, or has unreadable ones. */
public final class InvalidInboxRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidInboxRecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
