package dev.outbox;

import org.jspecify.annotations.Nullable;

/** {@code publish} was called without an active, writable transaction on the outbox's data source. Nothing was stored. */
public final class OutboxTransactionException extends OutboxException {
    private static final long serialVersionUID = 1L;

    public OutboxTransactionException(String message) {
        this(message, null);
    }

    public OutboxTransactionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
