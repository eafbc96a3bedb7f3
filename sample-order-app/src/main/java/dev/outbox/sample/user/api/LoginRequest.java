package dev.outbox.sample.user.api;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;

/** Who wants a token. */
record LoginRequest(
        @NotBlank @Email(regexp = "\\p{ASCII}*") @Size(max = 254)
        String email,

        @NotEmpty @MaxBytes(72) String password) {
    /** Without the password. */
    @Override
    public String toString() {
        return "LoginRequest[email=%s]".formatted(email);
    }
}
