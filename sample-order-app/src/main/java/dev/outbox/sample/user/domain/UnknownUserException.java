package dev.outbox.sample.user.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** A token is good, and there is no user with its id: the database is another one than when the token was given. */
public final class UnknownUserException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public UnknownUserException() {
        super(
                Kind.UNAUTHENTICATED,
                "UNKNOWN_USER",
                "The user of this token is not known here any more. Register, or log in again.");
    }
}
