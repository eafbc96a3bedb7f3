package dev.outbox;

import org.jspecify.annotations.Nullable;

/** Whatever the outbox itself refuses; the message says what is wrong, where, and what to do. Messages never contain payloads. */
public abstract class OutboxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
