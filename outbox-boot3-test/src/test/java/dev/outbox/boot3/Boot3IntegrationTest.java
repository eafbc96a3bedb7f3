package dev.outbox.boot3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.boot.OutboxAutoConfiguration;
import dev.outbox.boot.OutboxFormatAutoConfiguration;
import dev.outbox.boot.OutboxMetricsAutoConfiguration;
import dev.outbox.boot.OutboxRelayAutoConfiguration;
import dev.outbox.boot3.Shop.OrderPlaced;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SentPosition;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Everything that the starter and the console bring, in an application of Spring Boot 3.5 with a web server, on PostgreSQL and Kafka. */
@Timeout(120)
class Boot3IntegrationTest {
    private static final String WHY = "{\"reason\": \"ticket 4711\"}";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static ConfigurableApplicationContext shop;
    private static JdbcClient jdbc;

    @BeforeAll
    static void start() {
        assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
        PostgresSchema schema = TestServers.postgres().createSchema("boot3");
        KafkaServer kafka = TestServers.kafka();
        String topic = kafka.uniqueTopic("boot3", 1);
        kafka.createTopic(topic + ".DLT", 1);
        shop = new SpringApplicationBuilder(Shop.class)
                .run(
                        "--server.port=0",
                        "--spring.application.name=shop",
                        "--topic=" + topic,
                        "--spring.datasource.url=" + schema.jdbcUrl(),
                        "--spring.datasource.username=" + schema.username(),
                        "--spring.datasource.password=" + schema.password(),
                        "--spring.flyway.locations=classpath:none",
                        "--spring.flyway.fail-on-missing-locations=false",
                        "--spring.jackson.property-naming-strategy=SNAKE_CASE",
                        "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "--spring.kafka.consumer.auto-offset-reset=earliest",
                        "--management.endpoints.web.exposure.include=health,metrics,outbox",
                        "--management.endpoint.health.show-details=always",
                        "--management.tracing.sampling.probability=1",
                        "--outbox.kafka.topics.Order=" + topic,
                        "--outbox.inbox.schema.initialize=true",
                        "--outbox.health.quarantine=down",
                        "--outbox.metrics.interval=200ms",
                        "--outbox.retention.interval=1s",
                        "--outbox.encryption.enabled=true",
                        "--outbox.encryption.active-key-id=first",
                        "--outbox.encryption.keys.first=" + Base64.getEncoder().encodeToString(new byte[32]));
        jdbc = shop.getBean(JdbcClient.class);
    }

    @AfterAll
    static void stop() {
        if (shop != null) shop.close();
    }

    @Test
    void an_event_is_written_and_read_by_the_applications_jackson_2_and_goes_its_whole_way() throws Exception {
        UUID id = publish("whole way");
        Shop.Notifications notifications = shop.getBean(Shop.Notifications.class);
        await().untilAsserted(() -> assertThat(notifications.sent).contains(new OrderPlaced("whole way", "Zoë")));
        Shop.Accounting accounting = shop.getBean(Shop.Accounting.class);
        await().untilAsserted(() -> assertThat(accounting.booked).contains(new OrderPlaced("whole way", "Zoë")));
        await().until(() -> status(id).equals("PUBLISHED"));
        await().until(() -> jdbc.sql("SELECT count(*) FROM inbox_events WHERE event_id = ?")
                        .param(id)
                        .query(Integer.class)
                        .single()
                == 2);
        HttpResponse<String> payload = post("doris", "/outbox/api/events/%s/payload".formatted(id), WHY);
        assertThat(json(payload).path("text").asText())
                .isEqualTo("{\"order_id\":\"whole way\",\"deliver_to\":\"Zoë\"}");
        assertThat(payload.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    @Test
    void what_a_listener_cannot_read_is_put_aside() {
        OutboxPublisher publisher = shop.getBean(OutboxPublisher.class);
        UUID id = Objects.requireNonNull(shop.getBean(TransactionTemplate.class)
                .execute(status -> publisher.publish(
                        OutboxMessage.of("Order", "unreadable", "OrderPlaced", "no JSON".getBytes(UTF_8)))));
        await().untilAsserted(() -> assertThat(
                        jdbc.sql("SELECT consumer FROM inbox_dead_letters WHERE event_id = ? ORDER BY consumer")
                                .param(id)
                                .query(String.class)
                                .list())
                .containsExactly("accounting", "notification"));
    }

    @Test
    void the_trace_of_the_caller_travels_with_the_event() {
        Tracer tracer = shop.getBean(Tracer.class);
        Span span = tracer.nextSpan().start();
        try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
            assertThat(jdbc.sql("SELECT headers FROM outbox_events WHERE event_id = ?")
                            .param(publish("traced"))
                            .query(String.class)
                            .single())
                    .contains("\"traceparent\":\"00-" + span.context().traceId());
        } finally {
            span.end();
        }
    }

    @Test
    void health_has_the_outbox_and_the_inbox_and_says_what_is_wrong() throws Exception {
        await().until(() -> component("outbox").path("status").asText().equals("UP"));
        assertThat(component("inbox").path("status").asText()).isEqualTo("UP");
        UUID id = quarantined();
        await().until(() -> component("outbox").path("status").asText().equals("DOWN"));
        assertThat(component("outbox").at("/details/quarantine/reason").asText())
                .isEqualTo("1 events are in quarantine until somebody approves or discards them.");
        assertThat(component("outbox").at("/details/quarantine/since").asText()).isNotEmpty();
        assertThat(json(post("olga", "/outbox/api/events/%s/discard".formatted(id), WHY))
                        .path("decided")
                        .asBoolean())
                .isTrue();
        await().until(() -> component("outbox").path("status").asText().equals("UP"));
    }

    @Test
    void metrics_have_the_relay_the_tables_the_inbox_and_the_consumer() throws Exception {
        UUID id = publish("measured");
        await().until(() -> status(id).equals("PUBLISHED"));
        for (String meter : new String[] {
            "outbox.relay.published",
            "outbox.events",
            "outbox.table.size",
            "outbox.inbox.events",
            "outbox.kafka.consumer.lag"
        })
            await().untilAsserted(() -> assertThat(
                            get("victor", "/actuator/metrics/" + meter).statusCode())
                    .as(meter)
                    .isEqualTo(200));
    }

    @Test
    void the_retention_runs_under_the_lock_of_shedlock() {
        await().until(() -> jdbc.sql("SELECT count(*) FROM outbox_shedlock WHERE name = 'retention'")
                        .query(Integer.class)
                        .single()
                == 1);
    }

    @Test
    void the_actuator_endpoint_is_for_who_may_see() throws Exception {
        assertThat(json(get("victor", "/actuator/outbox")).has("quarantined")).isTrue();
        HttpResponse<String> denied = get("doris", "/actuator/outbox");
        assertThat(denied.statusCode()).isEqualTo(403);
        assertThat(json(denied).path("detail").asText()).startsWith("OUTBOX_VIEW is required, and 'doris' does not");
    }

    @Test
    void the_rest_api_answers_and_refuses_as_on_spring_boot_4() throws Exception {
        UUID id = publish("asked for");
        JsonNode event = json(get("victor", "/outbox/api/events/" + id));
        assertThat(event.path("aggregate_id").asText()).isEqualTo("asked for");
        assertThat(event.path("created_at").asText()).matches("\\d{4}-.*Z");
        assertThat(json(get("victor", "/outbox/api/events?aggregateType=Order&aggregateId=asked%20for"))
                        .path("events"))
                .hasSize(1);
        assertProblem(get("victor", "/outbox/api/events?evenType=x"), 400, "There is no such condition.");
        assertProblem(get("victor", "/outbox/api/events/17"), 400, "'17' is not allowed. It has to be a UUID");
        assertProblem(get("victor", "/outbox/api/events/" + UUID.randomUUID()), 404, "There is no event");
        assertProblem(get("doris", "/outbox/api/events"), 403, "OUTBOX_VIEW is required, and 'doris' does not");
        assertProblem(
                post(
                        "olga",
                        "/outbox/api/quarantine/discard",
                        "{\"reason\": \"x\", \"filter\": {\"evnetType\": \"none\"}}"),
                400,
                "There is no such condition.");
        assertProblem(post("olga", "/outbox/api/quarantine/discard", "{\"reason\": \"x\"}"), 400, "It is missing.");
        assertProblem(
                post("olga", "/outbox/api/quarantine/discard", "not JSON"), 400, "The body is missing, is no JSON");
        assertThat(get("victor", "/outbox/api/audit.csv").body()).startsWith("\"id\",\"at\",");
        assertThat(get(null, "/outbox/api/events").statusCode()).isEqualTo(401);
    }

    /** Without Kafka and without a web server. */
    @Test
    void health_checks_are_taken_away_and_replaced_as_spring_boots_own_are() {
        PostgresSchema schema = TestServers.postgres().createSchema("boot3");
        ApplicationContextRunner application = new ApplicationContextRunner()
                .withUserConfiguration(Relaying.class)
                .withPropertyValues(
                        "spring.datasource.url=" + schema.jdbcUrl(),
                        "spring.datasource.username=" + schema.username(),
                        "spring.datasource.password=" + schema.password(),
                        "outbox.schema.initialize=true");
        application.run(context -> await().untilAsserted(
                        () -> assertThat(context.getBean(HealthIndicator.class).health())
                                .isEqualTo(Health.up().build())));
        application
                .withPropertyValues("management.health.outbox.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HealthIndicator.class));
        application
                .withPropertyValues("management.health.defaults.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HealthIndicator.class));
        application
                .withBean(
                        "outboxHealthIndicator",
                        HealthIndicator.class,
                        () -> () -> Health.unknown().build())
                .run(context -> assertThat(
                                context.getBean(HealthIndicator.class).health())
                        .isEqualTo(Health.unknown().build()));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        OutboxFormatAutoConfiguration.class,
        OutboxAutoConfiguration.class,
        OutboxRelayAutoConfiguration.class,
        OutboxMetricsAutoConfiguration.class
    })
    static class Relaying {
        @Bean
        EventSender sender() {
            return event -> CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
        }
    }

    private static UUID publish(String orderId) {
        OutboxPublisher publisher = shop.getBean(OutboxPublisher.class);
        return Objects.requireNonNull(shop.getBean(TransactionTemplate.class)
                .execute(status -> publisher.publish(new OrderPlaced(orderId, "Zoë"))));
    }

    private static UUID quarantined() {
        UUID id = publish("broken");
        await().until(() -> status(id).equals("PUBLISHED"));
        jdbc.sql("UPDATE outbox_events SET status = 'QUARANTINED', failed_at = now() WHERE event_id = ?")
                .param(id)
                .update();
        return id;
    }

    private static String status(UUID id) {
        return jdbc.sql("SELECT status FROM outbox_events WHERE event_id = ?")
                .param(id)
                .query(String.class)
                .single();
    }

    private static JsonNode component(String name) throws Exception {
        return json(get("victor", "/actuator/health")).path("components").path(name);
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String sentence) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(answer).path("detail").asText()).startsWith(sentence);
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return new ObjectMapper().readTree(answer.body());
    }

    private static HttpResponse<String> get(@Nullable String user, String path) throws Exception {
        return send(user, path, request -> request.GET());
    }

    private static HttpResponse<String> post(String user, String path, String body) throws Exception {
        return send(
                user,
                path,
                request -> request.header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(
            @Nullable String user, String path, UnaryOperator<HttpRequest.Builder> method) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:%s%s"
                .formatted(shop.getEnvironment().getRequiredProperty("local.server.port"), path)));
        if (user != null)
            request.header(
                    "Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString("%1$s:%1$s".formatted(user).getBytes(UTF_8)));
        return HTTP.send(method.apply(request).build(), HttpResponse.BodyHandlers.ofString());
    }
}
