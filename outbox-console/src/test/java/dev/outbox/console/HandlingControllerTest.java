package dev.outbox.console;

import static dev.outbox.console.Api.NOBODY;
import static dev.outbox.console.RunningConsole.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.inbox.InboxHandling;
import dev.outbox.inbox.InboxHandlings;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;

/** How far an event has got, of an application that has an inbox and neither an outbox nor listeners with dead letters. */
@Timeout(60)
class HandlingControllerTest {
    private static final UUID EVENT = UUID.fromString("01999999-0000-7000-8000-000000000001");
    private static final String HANDLINGS = "/outbox/api/handlings/";
    private static final InboxHandling FAILED = new InboxHandling(
            "billing", EVENT, "", InboxHandling.Status.FAILED, 3, "busy", Instant.parse("2026-11-21T10:15:30Z"));

    private final WebApplicationContextRunner application = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    JacksonAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    OutboxConsoleAutoConfiguration.class))
            .withBean(InboxHandlings.class, () -> event -> event.equals(EVENT) ? List.of(FAILED) : List.of());

    @Test
    void shows_what_consumers_have_recorded_of_an_event() {
        application.run(context -> {
            Api api = new Api(context, false);
            assertThat(api.get(NOBODY, HANDLINGS + EVENT).body())
                    .isEqualTo(
                            "[{\"consumer\":\"billing\",\"eventId\":\"%s\",\"replayId\":\"\",\"status\":\"FAILED\",\"attempts\":3,\"result\":\"busy\",\"handledAt\":\"2026-11-21T10:15:30Z\"}]"
                                    .formatted(EVENT));
            assertThat(api.get(NOBODY, HANDLINGS + UUID.randomUUID()).body()).isEqualTo("[]");
            assertProblem(
                    api.get(NOBODY, HANDLINGS + "17"),
                    400,
                    "'17' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef.");
            assertThat(api.get(NOBODY, "/outbox/api/audit").status()).isEqualTo(404);
        });
    }
}
