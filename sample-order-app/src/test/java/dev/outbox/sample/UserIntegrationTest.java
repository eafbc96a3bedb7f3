package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;

/** How somebody becomes a user, logs in, and sees only their own orders. */
class UserIntegrationTest extends RunningShop {
    private static final String REGISTER = "/api/v1/auth/register";
    private static final String LOGIN = "/api/v1/auth/login";

    private final String email = "New." + newKey() + "@Example.com";
    private ShopClient stranger;

    @BeforeEach
    void beNobody(@Value("${local.server.port}") int port) {
        stranger = ShopClient.anonymous(port);
    }

    @Test
    void a_new_user_registers_logs_in_and_places_an_order() {
        Answer registered = register(email, "my first order");
        assertThat(registered.status()).isEqualTo(201);
        assertThat(registered.body().propertyNames()).containsExactlyInAnyOrder("id", "email", "role", "createdAt");
        assertThat(registered.text("email")).isEqualTo(email.toLowerCase(Locale.ROOT));
        assertThat(registered.text("role")).isEqualTo("USER");

        Answer token = logIn(email, "my first order");
        assertThat(token.status()).isEqualTo(200);
        assertThat(token.text("type")).isEqualTo("Bearer");
        assertThat(Instant.parse(token.text("expiresAt")))
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(50)),
                        Instant.now().plus(Duration.ofHours(1)));
        assertThat(token.headers().firstValue("Cache-Control")).hasValue("no-store");

        ShopClient user = stranger.with(token.text("token"));
        Answer order = user.order(newKey(), shop.product(10), 2);
        assertThat(order.status()).isEqualTo(201);
        assertThat(user.get("/api/v1/orders").body().get("items").valueStream()).containsExactly(order.body());
    }

    @Test
    void nobody_sees_what_was_told_about_an_order_of_somebody_else() {
        register(email, "my first order");
        ShopClient other = stranger.with(logIn(email, "my first order").text("token"));
        String order = shop.order(newKey(), shop.product(10), 2).text("id");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !shop.notifications(order).isEmpty());
        assertThat(other.notifications(order)).isEmpty();
    }

    @Test
    void an_address_is_registered_once_in_upper_or_lower_case() {
        register(email, "my first order");
        Answer again = register(email.toUpperCase(Locale.ROOT), "another password");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("code")).isEqualTo("EMAIL_TAKEN");
        assertThat(again.text("message"))
                .isEqualTo("There is a user with the address '%s' already. Log in, or register with another one."
                        .formatted(email.toLowerCase(Locale.ROOT)));
        assertThat(logIn(email.toUpperCase(Locale.ROOT), "my first order").status())
                .isEqualTo(200);
        assertThat(logIn(email, "another password").status()).isEqualTo(401);
    }

    @Test
    void of_two_who_register_an_address_at_once_one_gets_it() {
        List<Answer> both = AtOnce.times(2, i -> register(email, "password " + i));
        assertThat(both).extracting(Answer::status).containsExactlyInAnyOrder(201, 409);
    }

    @Test
    void a_login_does_not_tell_whether_there_is_such_a_user() {
        register(email, "my first order");
        Answer wrong = logIn(email, "my second order");
        Answer unknown = logIn("un" + email, "my first order");
        assertThat(wrong.status()).isEqualTo(unknown.status()).isEqualTo(401);
        assertThat(wrong.text("code")).isEqualTo(unknown.text("code")).isEqualTo("WRONG_CREDENTIALS");
        assertThat(wrong.text("message"))
                .isEqualTo(unknown.text("message"))
                .isEqualTo("There is no user with this address and this password. Check both, or register first.");
        assertThat(wrong.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    }

    @Test
    void an_address_and_a_password_have_to_be_some() {
        assertThat(problem(REGISTER, "no address", "my first order"))
                .isEqualTo("email must be a well-formed email address");
        assertThat(problem(REGISTER, "bär@example.com", "my first order")).startsWith("email ");
        assertThat(problem(REGISTER, email, "short")).isEqualTo("password must be at least 8 characters long");
        assertThat(problem(LOGIN, "no address", "my first order"))
                .isEqualTo("email must be a well-formed email address");
        assertThat(stranger.post(REGISTER, "{}").body().get("details")).hasSize(2);
    }

    /** Bcrypt would look at the first 72 bytes only, and take two passwords for the same. */
    @Test
    void a_password_is_at_most_72_bytes_long() {
        String longest = "ü".repeat(36);
        assertThat(register(email, longest).status()).isEqualTo(201);
        assertThat(logIn(email, longest).status()).isEqualTo(200);
        String tooLong =
                "password must be at most 72 bytes long (a letter with an accent takes two, most others that are not ASCII take more)";
        assertThat(problem(REGISTER, email, longest + "x")).isEqualTo(tooLong);
        assertThat(problem(LOGIN, email, longest + "x")).isEqualTo(tooLong);
    }

    @Test
    void a_password_is_kept_as_a_hash() {
        register(email, "my first order");
        String kept = jdbc.sql("SELECT password_hash FROM users WHERE email = ?")
                .param(email.toLowerCase(Locale.ROOT))
                .query(String.class)
                .single();
        assertThat(kept).startsWith("{bcrypt}$2").doesNotContain("order");
    }

    private Answer register(String address, String password) {
        return stranger.post(REGISTER, ShopClient.credentials(address, password));
    }

    private Answer logIn(String address, String password) {
        return stranger.post(LOGIN, ShopClient.credentials(address, password));
    }

    /** The one thing that is wrong. */
    private String problem(String path, String address, String password) {
        Answer answer = stranger.post(path, ShopClient.credentials(address, password));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("code")).isEqualTo("VALIDATION_ERROR");
        assertThat(answer.body().get("details")).hasSize(1);
        return answer.body().at("/details/0/field").asString() + " "
                + answer.body().at("/details/0/problem").asString();
    }
}
