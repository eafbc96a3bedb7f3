package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.spi.AccessControl;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

/** Who may operate the outbox, with Spring Security and without. */
class AccessIntegrationTest {
    private static final OutboxPause PAUSE = OutboxPause.everything();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    OutboxAccessAutoConfiguration.class,
                    OutboxFormatAutoConfiguration.class,
                    OutboxAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID()),
                    "spring.application.name=orders",
                    "outbox.schema.initialize=true");

    @AfterEach
    void logOut() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void authorities_and_roles_are_permissions_and_the_audit_trail_has_the_name() {
        application.run(context -> {
            OutboxOperations operations = context.getBean(OutboxOperations.class);
            logIn("olga", "OUTBOX_OPERATE");
            assertThat(operations.pause(PAUSE, "maintenance")).isTrue();
            assertThatThrownBy(operations::pauses)
                    .isInstanceOf(OutboxAccessDeniedException.class)
                    .hasMessage(
                            "OUTBOX_VIEW is required, and 'olga' does not have it. Grant the authority OUTBOX_VIEW to those who operate the outbox.");
            logIn("victor", "ROLE_OUTBOX_VIEW");
            assertThat(operations.pauses()).containsExactly(PAUSE);
            assertThat(operations.audit(Long.MAX_VALUE, 10))
                    .singleElement()
                    .satisfies(line -> assertThat(line.operator()).isEqualTo("olga"));
            assertThatThrownBy(() -> operations.resume(PAUSE, "enough"))
                    .isInstanceOf(OutboxAccessDeniedException.class);
        });
    }

    @Test
    void who_is_not_logged_in_is_refused() {
        application.run(
                context -> assertThatThrownBy(
                                () -> context.getBean(OutboxOperations.class).pauses())
                        .isInstanceOf(OutboxAccessDeniedException.class)
                        .hasMessage(
                                "OUTBOX_VIEW is required, and nobody is logged in. Log in with an account that has this authority."));
    }

    @Test
    void without_spring_security_everything_is_refused_until_the_application_says_otherwise() {
        ApplicationContextRunner without =
                application.withClassLoader(new FilteredClassLoader("org.springframework.security"));
        without.run(
                context -> assertThatThrownBy(
                                () -> context.getBean(OutboxOperations.class).pauses())
                        .isInstanceOf(OutboxAccessDeniedException.class)
                        .hasMessage(
                                "OUTBOX_VIEW is required, and nobody has it: this application has neither Spring Security nor an AccessControl of its own. Add Spring Security, or declare a bean of type dev.outbox.spi.AccessControl."));
        without.withBean(AccessControl.class, () -> AccessControl.allowAll("night-job"))
                .run(context -> assertThat(
                                context.getBean(OutboxOperations.class).pause(PAUSE, "maintenance"))
                        .isTrue());
    }

    private static void logIn(String name, String... authorities) {
        SecurityContextHolder.getContext()
                .setAuthentication(new TestingAuthenticationToken(name, "unused", authorities));
    }
}
