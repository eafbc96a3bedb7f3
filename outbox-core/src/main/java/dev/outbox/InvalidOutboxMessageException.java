package dev.outbox;

import org.jspecify.annotations.Nullable;

/** A message cannot be published as it is; the text names the field and its limit. Nothing was stored. */
public final class InvalidOutboxMessageException extends OutboxException {
    private static final long serialVersionUID = 1L;

    public InvalidOutboxMessageException(String message) {
        this(message, null);
    }

    public InvalidOutboxMessageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
