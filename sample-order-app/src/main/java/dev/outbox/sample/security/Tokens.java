package dev.outbox.sample.security;

import com.nimbusds.jose.jwk.source.ImmutableSecret;
import dev.outbox.sample.settings.UnusableSettingException;
import dev.outbox.sample.user.application.TokenProperties;
import java.nio.charset.StandardCharsets;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/** How tokens are made and proved: signed with a secret that only this application has (HS256). */
@Configuration(proxyBeanMethods = false)
class Tokens {
    private static final Logger log = LoggerFactory.getLogger(Tokens.class);
    private static final int SECRET_BYTES = 32;
    private static final String WHAT_TO_DO =
            "Set SAMPLE_JWT_SECRET (or sample.jwt.secret) to a random text of at least 32 bytes that only this application knows, such as the output of: openssl rand -base64 48";

    private final TokenProperties properties;
    private final SecretKey secret;

    /** @throws UnusableSettingException if the secret is too short, or is the default one in the profile {@code prod} */
    Tokens(TokenProperties properties, Environment environment) {
        this.properties = properties;
        byte[] bytes = properties.secret().getBytes(StandardCharsets.UTF_8);
        if (bytes.length < SECRET_BYTES)
            throw new UnusableSettingException(
                    "sample.jwt.secret has %d bits, and tokens that are signed with fewer than 256 can be forged."
                            .formatted(8 * bytes.length),
                    WHAT_TO_DO);
        if (properties.hasDefaultSecret()) {
            if (environment.acceptsProfiles(Profiles.of("prod")))
                throw new UnusableSettingException(
                        "sample.jwt.secret is the default, which everybody knows, so anybody could forge a token; the profile prod does not start with it.",
                        WHAT_TO_DO);
            log.warn(
                    "Tokens are signed with the default secret, which everybody knows. That is for trying out; otherwise set SAMPLE_JWT_SECRET.");
        }
        secret = new SecretKeySpec(bytes, "HmacSHA256");
    }

    @Bean
    JwtEncoder jwtEncoder() {
        return new NimbusJwtEncoder(new ImmutableSecret<>(secret));
    }

    @Bean
    JwtDecoder jwtDecoder() {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withSecretKey(secret)
                .macAlgorithm(MacAlgorithm.HS256)
                .build();
        decoder.setJwtValidator(
                new DelegatingOAuth2TokenValidator<>(new Expiry(), new JwtIssuerValidator(properties.issuer())));
        return decoder;
    }
}
