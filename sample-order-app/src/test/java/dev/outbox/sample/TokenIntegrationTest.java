package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.source.ImmutableSecret;
import dev.outbox.sample.ShopClient.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/** What is answered to those who have no token, not a good one, or not a good enough one. */
class TokenIntegrationTest extends RunningShop {
    private static final String LOG_IN =
            "Log in (POST /api/v1/auth/login) and send its token in the header Authorization: Bearer <token>.";
    private static final String ORDERS = "/api/v1/orders";

    @Autowired
    JwtEncoder encoder;

    @Test
    void a_request_without_a_token_is_told_to_log_in() {
        Answer answer = shop.with("").get(ORDERS);
        expect(answer, 401, "UNAUTHENTICATED", "This needs a token. " + LOG_IN);
        assertThat(challenge(answer)).startsWith("Bearer").doesNotContain("error");
        expect(shop.with("").get("/api/v1/elsewhere"), 401, "UNAUTHENTICATED", "This needs a token. " + LOG_IN);
        expect(shop.with("").post(ORDERS, "{"), 401, "UNAUTHENTICATED", "This needs a token. " + LOG_IN);
    }

    @Test
    void a_token_that_has_expired_is_told_so() {
        Answer answer =
                shop.with(token(encoder, "order-app", Duration.ofMinutes(-5))).get(ORDERS);
        expect(answer, 401, "TOKEN_EXPIRED", "The token has expired. " + LOG_IN);
        assertThat(challenge(answer)).startsWith("Bearer ").contains("error=\"invalid_token\"");
    }

    @Test
    void a_token_that_is_not_from_here_is_refused() {
        JwtEncoder other = new NimbusJwtEncoder(new ImmutableSecret<>(
                new SecretKeySpec("x".repeat(32).getBytes(StandardCharsets.UTF_8), "HmacSHA256")));
        String unsigned = encoded("{\"alg\":\"none\"}")
                + encoded("{\"iss\":\"order-app\",\"sub\":\"1\",\"exp\":4102444800,\"roles\":[\"ADMIN\"]}");
        for (String token : List.of(
                token(other, "order-app", Duration.ofHours(1)),
                token(encoder, "another-app", Duration.ofHours(1)),
                unsigned,
                shop.token() + "x",
                "nonsense")) {
            Answer answer = shop.with(token).get(ORDERS);
            expect(answer, 401, "INVALID_TOKEN", "The token is damaged or not from here. " + LOG_IN);
            assertThat(challenge(answer)).startsWith("Bearer ").contains("error=\"invalid_token\"");
        }
    }

    @Test
    void a_token_without_the_role_is_told_which_one_it_takes() {
        for (String path : List.of("/api/v1/admin/products", "/outbox/api/state", "/actuator/metrics")) {
            Answer answer = shop.get(path);
            expect(answer, 403, "FORBIDDEN", "This is for users with the role ADMIN, which the token does not have.");
            assertThat(answer.text("path")).isEqualTo(path);
            assertThat(challenge(answer)).startsWith("Bearer ").contains("error=\"insufficient_scope\"");
        }
    }

    @Test
    void a_token_that_has_expired_does_not_keep_anybody_from_logging_in_or_from_looking_at_products() {
        ShopClient expired = shop.with(token(encoder, "order-app", Duration.ofMinutes(-5)));
        assertThat(expired.get("/api/v1/products").status()).isEqualTo(200);
        assertThat(expired.post(
                                "/api/v1/auth/login",
                                ShopClient.credentials("customer@example.com", ShopClient.PASSWORD))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_token_that_the_application_has_signed_is_good() {
        ShopClient user = shop.with(token(encoder, "order-app", Duration.ofHours(1)));
        assertThat(user.get(ORDERS + "/" + UUID.randomUUID()).status()).isEqualTo(404);
    }

    @Test
    void a_token_of_another_database_is_told_that_its_user_is_not_known() {
        ShopClient lost = shop.with(token(encoder, "order-app", Duration.ofHours(1), 4_711_000));
        for (Answer answer : List.of(lost.order(newKey(), shop.product(1), 1), lost.like(shop.product(1)))) {
            expect(
                    answer,
                    401,
                    "UNKNOWN_USER",
                    "The user of this token is not known here any more. Register, or log in again.");
        }
        assertThat(lost.get(ORDERS).status()).isEqualTo(200);
    }

    @Test
    void open_paths_have_the_errors_of_all_others() {
        ShopClient stranger = shop.with("");
        String login = "/api/v1/auth/login";
        assertError(stranger.post(login, "{"), 400, "MALFORMED_REQUEST");
        assertError(stranger.get(login), 405, "METHOD_NOT_ALLOWED");
        assertError(stranger.post(login, "{}", "Content-Type", "text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE");
        assertError(stranger.get("/api/v1/auth/elsewhere"), 404, "NOT_FOUND");
        assertError(stranger.get("/api/v1/products/0"), 404, "PRODUCT_NOT_FOUND");
    }

    @Test
    void a_path_that_spring_security_does_not_trust_has_the_same_error_body() {
        assertError(shop.get("/api/v1//orders"), 400, "BAD_REQUEST");
    }

    /** Of the user with the id 1. */
    private static String token(JwtEncoder encoder, String issuer, Duration validity) {
        return token(encoder, issuer, validity, 1);
    }

    private static String token(JwtEncoder encoder, String issuer, Duration validity, long userId) {
        Instant expiresAt = Instant.now().plus(validity);
        JwtClaimsSet claims = JwtClaimsSet.builder()
                .issuer(issuer)
                .subject(Long.toString(userId))
                .issuedAt(expiresAt.minus(Duration.ofHours(1)))
                .expiresAt(expiresAt)
                .claim("roles", List.of("USER"))
                .build();
        JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).build();
        return encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
    }

    private static String encoded(String part) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(StandardCharsets.UTF_8)) + ".";
    }

    private static String challenge(Answer answer) {
        return answer.headers().firstValue("WWW-Authenticate").orElse("");
    }

    private static void expect(Answer answer, int status, String code, String message) {
        assertError(answer, status, code);
        assertThat(answer.text("message")).isEqualTo(message);
    }

    private static void assertError(Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().propertyNames())
                .containsExactlyInAnyOrder("timestamp", "path", "code", "message", "details");
        assertThat(answer.text("code")).isEqualTo(code);
        assertThat(answer.text("message")).isNotBlank();
    }
}
