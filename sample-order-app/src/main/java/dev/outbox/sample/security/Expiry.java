package dev.outbox.sample.security;

import java.time.Duration;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;

/** Spring Security's check of a token's time, with an error code that tells it from the other checks. To the second: tokens are made here as well. */
final class Expiry implements OAuth2TokenValidator<Jwt> {
    static final String EXPIRED = "token_expired";

    private final JwtTimestampValidator times = new JwtTimestampValidator(Duration.ZERO);

    @Override
    public OAuth2TokenValidatorResult validate(Jwt token) {
        return times.validate(token).hasErrors()
                ? OAuth2TokenValidatorResult.failure(
                        new OAuth2Error(EXPIRED, "The token has expired at %s".formatted(token.getExpiresAt()), null))
                : OAuth2TokenValidatorResult.success();
    }
}
