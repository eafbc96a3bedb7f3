package dev.outbox;

/**
 * An encrypted payload is not what was published: its bytes or the headers that belong to it were changed, or its key is another one of the same id.
 * To handle it again does not help. The message shows nothing of the contents.
 */
public final class UndecryptablePayloadException extends OutboxException {
    private static final long serialVersionUID = 1L;

    public UndecryptablePayloadException(String message) {
        super(message, null);
    }
}
