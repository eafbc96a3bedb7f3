package dev.outbox.sample.refusal;

import java.io.Serial;

/** A request that was understood and is not done, for a reason that its sender can act upon. Nothing has changed. */
public abstract class Refusal extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String code;

    /**
     * @param code for programs, such as {@code OUT_OF_STOCK}; never changes
     * @param message for people
     */
    protected Refusal(Kind kind, String code, String message) {
        super(message);
        this.kind = kind;
        this.code = code;
    }

    /** What kind of reason it is. */
    public Kind kind() {
        return kind;
    }

    /** The reason, for programs. */
    public String code() {
        return code;
    }

    /** Kinds of reasons. */
    public enum Kind {
        /** Nobody is known by what the request says of its sender. */
        UNAUTHENTICATED,
        /** What the request is about does not exist. */
        NOT_FOUND,
        /** What the request is about is in a state that does not allow it. */
        CONFLICT
    }
}
