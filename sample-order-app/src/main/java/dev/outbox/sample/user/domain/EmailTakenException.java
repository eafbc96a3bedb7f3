package dev.outbox.sample.user.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** Another user has this address. */
public final class EmailTakenException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public EmailTakenException(String email) {
        super(
                Kind.CONFLICT,
                "EMAIL_TAKEN",
                "There is a user with the address '%s' already. Log in, or register with another one."
                        .formatted(email));
    }
}
