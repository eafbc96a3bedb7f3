package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.DryRun;
import dev.outbox.EventStatus;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxReplays;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.spi.AccessControl;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The actuator endpoint; by HTTP it is tested with the REST API. */
class OutboxEndpointTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    OutboxFormatAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    OutboxEndpointAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID()),
                    "spring.application.name=orders",
                    "outbox.schema.initialize=true");

    private final ApplicationContextRunner exposed =
            application.withPropertyValues("management.endpoints.web.exposure.include=outbox");

    @Test
    void shows_what_waits_what_is_paused_what_is_in_quarantine_and_replays_that_are_not_over() {
        exposed.withBean(AccessControl.class, () -> AccessControl.allowAll("test"))
                .run(context -> {
                    context.getBean(OutboxOperations.class).pause(OutboxPause.everything(), "maintenance");
                    OutboxReplays replays = context.getBean(OutboxReplays.class);
                    UUID paused = started(replays);
                    replays.pause(paused, "lunch hour");
                    replays.cancel(started(replays), "a mistake");
                    OutboxEndpoint.State state =
                            context.getBean(OutboxEndpoint.class).state();
                    assertThat(state.state().events()).containsEntry(EventStatus.PENDING, 0L);
                    assertThat(state.state().lanes()).isEmpty();
                    assertThat(state.replays()).extracting(Replay::id).containsExactly(paused);
                    assertThat(state.pauses()).containsExactly(OutboxPause.everything());
                    assertThat(state.quarantined().events()).isZero();
                    assertThat(state.quarantine()).isEmpty();
                    assertThat(context.getBean(OutboxWebEndpoint.class).state().getBody())
                            .isEqualTo(state);
                });
    }

    @Test
    void a_replay_paused_long_ago_is_shown_however_many_came_after_it() {
        exposed.withBean(AccessControl.class, () -> AccessControl.allowAll("test"))
                .run(context -> {
                    OutboxReplays replays = context.getBean(OutboxReplays.class);
                    UUID forgotten = started(replays);
                    replays.pause(forgotten, "lunch hour");
                    for (int i = 0; i < 100; i++) replays.cancel(started(replays), "a mistake");
                    UUID running = started(replays);
                    assertThat(replays.latest(100)).extracting(Replay::id).doesNotContain(forgotten);
                    assertThat(context.getBean(OutboxEndpoint.class).state().replays())
                            .extracting(Replay::id)
                            .containsExactly(forgotten, running);
                });
    }

    private static UUID started(OutboxReplays replays) {
        DryRun shown = replays.dryRun(ReplayPlan.ofTypes(Set.of("OrderPlaced")));
        return replays.start(ReplayRequest.normal(shown.token()), "lost a day").id();
    }

    @Test
    void who_may_not_see_it_is_told_so() {
        exposed.run(context -> {
            assertThatThrownBy(() -> context.getBean(OutboxEndpoint.class).state())
                    .isInstanceOf(OutboxAccessDeniedException.class);
            WebEndpointResponse<Object> answer =
                    context.getBean(OutboxWebEndpoint.class).state();
            assertThat(answer.getStatus()).isEqualTo(403);
            assertThat(answer.getBody())
                    .isEqualTo(
                            Map.of(
                                    "status",
                                    403,
                                    "title",
                                    "Forbidden",
                                    "detail",
                                    "OUTBOX_VIEW is required, and nobody has it: this application has neither Spring Security nor an AccessControl of its own. Add Spring Security, or declare a bean of type dev.outbox.spi.AccessControl."));
        });
    }

    @Test
    void is_there_only_where_it_is_exposed_and_the_application_has_endpoints() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(OutboxEndpoint.class));
        exposed.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("outboxEndpoint"));
    }
}
