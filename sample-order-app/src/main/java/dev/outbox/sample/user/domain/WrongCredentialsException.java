package dev.outbox.sample.user.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** There is no user with this address and this password. Does not say which of the two is wrong. */
public final class WrongCredentialsException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public WrongCredentialsException() {
        super(
                Kind.UNAUTHENTICATED,
                "WRONG_CREDENTIALS",
                "There is no user with this address and this password. Check both, or register first.");
    }
}
