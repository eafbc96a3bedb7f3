package dev.outbox;

/** The token that a replay was to start with is not one that can be used: it was changed, comes from other tables, or is too old. Nothing was started. */
public final class InvalidReplayTokenException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param message says what is wrong with it, and how to get another */
    public InvalidReplayTokenException(String message) {
        super(message);
    }
}
