package dev.outbox.sample.user.api;

import dev.outbox.sample.user.application.AccessToken;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/**
 * A token.
 *
 * @param token goes after the type in the header {@code Authorization} of requests
 * @param type always {@code Bearer}
 * @param expiresAt from when on it is refused
 */
record TokenResponse(
        String token, @Schema(example = "Bearer") String type, Instant expiresAt) {
    static TokenResponse of(AccessToken token) {
        return new TokenResponse(token.value(), "Bearer", token.expiresAt());
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "TokenResponse[expiresAt=%s]".formatted(expiresAt);
    }
}
