package dev.outbox.boot;

import static dev.outbox.boot.SampledOutbox.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.SendException;
import dev.outbox.store.QuarantineStore;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TcpProxy;
import dev.outbox.test.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What turns the health of the outbox down, each with its reason and since when. */
@Timeout(60)
class OutboxHealthIntegrationTest {
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    private final PostgresSchema schema = TestServers.postgres().createSchema("health");
    private final Instant begin = Instant.now();

    private static ApplicationContextRunner application(DatabaseSchema schema) {
        return SampledOutbox.on(schema).withConfiguration(AutoConfigurations.of(OutboxKafkaAutoConfiguration.class));
    }

    private ApplicationContextRunner application() {
        return application(schema).withBean(EventSender.class, () -> SampledOutbox.SENDER);
    }

    @Test
    void the_broker_that_is_gone_turns_it_down_and_leaves_liveness_alone() {
        try (TcpProxy nobody = TcpProxy.to(schema.host(), schema.port())) {
            nobody.refuse();
            application(schema)
                    .withConfiguration(AutoConfigurations.of(
                            KafkaAutoConfiguration.class,
                            ApplicationAvailabilityAutoConfiguration.class,
                            EndpointAutoConfiguration.class,
                            HealthContributorAutoConfiguration.class,
                            HealthContributorRegistryAutoConfiguration.class,
                            AvailabilityHealthContributorAutoConfiguration.class,
                            HealthEndpointAutoConfiguration.class,
                            AvailabilityProbesAutoConfiguration.class))
                    .withPropertyValues(
                            "spring.kafka.bootstrap-servers=" + nobody.host() + ":" + nobody.port(),
                            "outbox.relay.send-timeout=2s",
                            "outbox.health.max-outage=100ms",
                            "management.endpoint.health.probes.enabled=true",
                            "management.endpoints.web.exposure.include=health",
                            "management.endpoint.health.show-details=always")
                    .run(context -> {
                        HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
                        AvailabilityChangeEvent.publish(context, LivenessState.CORRECT); // as SpringApplication does
                        AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
                        awaitUp(context);
                        publish(context, "A", "Fine");
                        assertThat(awaitDown(context, "broker"))
                                .contains("TimeoutException")
                                .contains("not present in metadata");
                        assertThat(since(context, "broker")).isBetween(begin, Instant.now());
                        assertThat(status(endpoint, "outbox")).isEqualTo(Status.DOWN);
                        assertThat(status(endpoint, "liveness")).isEqualTo(Status.UP);
                        assertThat(status(endpoint, "readiness")).isEqualTo(Status.UP);
                    });
        }
    }

    @Test
    void an_outage_that_another_relay_has_survived_is_none() {
        EventSender gone =
                event -> CompletableFuture.failedFuture(SendException.ofBroker(new IllegalStateException("gone")));
        application(schema)
                .withBean(EventSender.class, () -> gone)
                .withPropertyValues("outbox.health.max-outage=0s")
                .run(context -> {
                    publish(context, "A", "Fine");
                    assertThat(awaitDown(context, "broker")).isEqualTo("java.lang.IllegalStateException: gone");
                    assertThat(since(context, "broker")).isBetween(begin, Instant.now());
                    jdbc(context)
                            .sql("UPDATE outbox_events SET status = 'PUBLISHED', published_at = now()")
                            .update();
                    awaitUp(context);
                });
    }

    @Test
    void an_event_that_is_too_old_turns_it_down() {
        application().run(context -> {
            publish(context, "A", "NotNow");
            awaitUp(context);
            jdbc(context)
                    .sql("UPDATE outbox_events SET created_at = now() - interval '10 minutes'")
                    .update();
            assertThat(awaitDown(context, "age"))
                    .startsWith("The oldest event that is pending or being retried waits for PT10M")
                    .endsWith(", which is longer than outbox.health.max-age (PT5M).");
            assertThat(since(context, "age"))
                    .isBetween(
                            begin.minus(Duration.ofMinutes(11)), Instant.now().minus(Duration.ofMinutes(9)));
        });
    }

    @Test
    void quarantine_and_what_waits_behind_it_only_warn() {
        application().run(context -> {
            UUID refused = publish(context, "A", "Refused");
            await().until(() -> details(context).containsKey("quarantine"));
            publish(context, "A", "Fine");
            jdbc(context)
                    .sql("UPDATE outbox_events SET created_at = now() - interval '10 minutes'")
                    .update();
            await().during(Duration.ofMillis(500))
                    .until(() -> health(context).getStatus().equals(Status.UP));
            assertThat(reason(context, "quarantine"))
                    .isEqualTo("1 events are in quarantine until somebody approves or discards them.");
            assertThat(since(context, "quarantine")).isAfter(begin);
            context.getBean(QuarantineStore.class).discard(refused, () -> {});
            await().until(() -> details(context).isEmpty());
        });
    }

    @Test
    void quarantine_turns_it_down_where_that_is_wanted() {
        application().withPropertyValues("outbox.health.quarantine=down").run(context -> {
            UUID refused = publish(context, "A", "Refused");
            assertThat(awaitDown(context, "quarantine")).startsWith("1 events are in quarantine");
            context.getBean(QuarantineStore.class).discard(refused, () -> {});
            awaitUp(context);
        });
    }

    @Test
    void the_database_that_is_gone_turns_it_down() {
        try (TcpProxy proxy = TcpProxy.to(schema.host(), schema.port())) {
            application(schema.through(proxy))
                    .withBean(EventSender.class, () -> SampledOutbox.SENDER)
                    .run(context -> {
                        awaitUp(context);
                        proxy.refuse();
                        proxy.reset();
                        assertThat(awaitDown(context, "database")).isNotBlank();
                        assertThat(since(context, "database")).isAfter(begin);
                        proxy.heal();
                        awaitUp(context);
                    });
        }
    }

    @Test
    void tables_of_another_version_turn_it_down() {
        application().run(context -> {
            awaitUp(context);
            jdbc(context).sql("INSERT INTO outbox_schema (version) VALUES (99)").update();
            assertThat(awaitDown(context, "schema"))
                    .contains("are of version 99, but this library knows only version")
                    .endsWith("Use the library version that the other instances use.");
            assertThat(since(context, "schema")).isBetween(begin, Instant.now());
        });
    }

    @Test
    void without_health_checks_or_with_this_one_switched_off_there_is_none() {
        application()
                .withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("outboxHealthIndicator"));
        application()
                .withPropertyValues("management.health.outbox.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("outboxHealthIndicator"));
    }

    private static void awaitUp(ApplicationContext context) {
        await().atMost(A_WHILE)
                .until(() -> sampled(context) && health(context).getStatus().equals(Status.UP));
    }

    private static boolean sampled(ApplicationContext context) {
        return context.getBean(TableSampler.class).latest().state() != null;
    }

    /** Returns the reason. */
    private static String awaitDown(ApplicationContext context, String what) {
        await().atMost(A_WHILE)
                .until(() -> health(context).getStatus().equals(Status.DOWN)
                        && details(context).containsKey(what));
        return reason(context, what);
    }

    private static Health health(ApplicationContext context) {
        return Objects.requireNonNull((Health)
                context.getBean("outboxHealthIndicator", HealthIndicator.class).health());
    }

    private static Map<String, Object> details(ApplicationContext context) {
        return health(context).getDetails();
    }

    private static Map<?, ?> detail(ApplicationContext context, String what) {
        return (Map<?, ?>) Objects.requireNonNull(details(context).get(what));
    }

    private static String reason(ApplicationContext context, String what) {
        return String.valueOf(detail(context, what).get("reason"));
    }

    private static Instant since(ApplicationContext context, String what) {
        return (Instant) Objects.requireNonNull(detail(context, what).get("since"));
    }

    private static Status status(HealthEndpoint endpoint, String path) {
        return Objects.requireNonNull(endpoint.healthForPath(path)).getStatus();
    }

    private static JdbcClient jdbc(ApplicationContext context) {
        return JdbcClient.create(context.getBean(DataSource.class));
    }
}
