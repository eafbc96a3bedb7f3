package dev.outbox.sample.user.application;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The tokens of those who are logged in.
 *
 * @param secret signs them and proves them, at least 32 bytes (256 bits) of UTF-8; whoever knows it can be anybody. The default is for trying out
 * @param issuer says in each token where it is from; tokens of others are refused
 * @param validity how long one can be used
 */
@ConfigurationProperties("sample.jwt")
public record TokenProperties(
        @DefaultValue(DEFAULT_SECRET) String secret,
        @DefaultValue("order-app") String issuer,
        @DefaultValue("1h") Duration validity) {
    private static final String DEFAULT_SECRET = "for-trying-out-only-and-known-to-everybody";

    /** Whether the secret is the one that everybody knows. */
    public boolean hasDefaultSecret() {
        return secret.equals(DEFAULT_SECRET);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "TokenProperties[issuer=%s, validity=%s]".formatted(issuer, validity);
    }
}
