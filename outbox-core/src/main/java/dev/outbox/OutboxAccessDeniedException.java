package dev.outbox;

/** Somebody may not do what was asked for; nothing was done. */
public final class OutboxAccessDeniedException extends OutboxException {
    private static final long serialVersionUID = 1L;

    /** @param message says who may not do what, and how that can be changed */
    public OutboxAccessDeniedException(String message) {
        super(message, null);
    }
}
