package dev.outbox.sample.user.api;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * Who wants to be a user.
 *
 * @param email of which upper and lower case are the same
 * @param password bcrypt looks at 72 bytes and at nothing after them
 */
record RegisterRequest(
        @NotBlank @Email(regexp = "\\p{ASCII}*") @Size(max = 254)
        String email,

        @NotNull @Size(min = 8, message = "must be at least 8 characters long") @MaxBytes(72)
        String password) {
    /** Without the password. */
    @Override
    public String toString() {
        return "RegisterRequest[email=%s]".formatted(email);
    }
}
