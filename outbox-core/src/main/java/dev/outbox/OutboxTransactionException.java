package dev.outbox;

/** {@code publish} was called without an active, writable transaction on the outbox's data source. Nothing was stored. */
public final class OutboxTransactionException extends OutboxException {
    private static final long serialVersionUID = 1L;

    public OutboxTransactionException(String message) {
        super(message, null);
    }
}
