package dev.outbox.console;

import static dev.outbox.console.Api.VICTOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.console.Api.Answer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.JsonNode;

/** An application with Spring Security as it comes, on PostgreSQL. Nothing is relayed there. */
@Timeout(120)
abstract class RunningConsole {
    static final String WHY = "{\"reason\": \"the topic is there now\"}";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {}

    private static ConfigurableApplicationContext shop;
    static Api api;
    static JdbcClient jdbc;

    /** So that tests do not see each other's events. */
    final String type = "Type" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        shop = start(TestServers.postgres().createSchema("console"));
        api = new Api((WebApplicationContext) shop, true);
        jdbc = shop.getBean(JdbcClient.class);
    }

    /** Nothing is relayed there. */
    static ConfigurableApplicationContext start(PostgresSchema schema) {
        return new SpringApplicationBuilder(Shop.class)
                .run(
                        "--server.port=0",
                        "--spring.application.name=shop",
                        "--spring.datasource.url=" + schema.jdbcUrl(),
                        "--spring.datasource.username=" + schema.username(),
                        "--spring.datasource.password=" + schema.password(),
                        "--outbox.schema.initialize=true",
                        "--outbox.relay.enabled=false",
                        "--outbox.inbox.enabled=false",
                        "--spring.autoconfigure.exclude=org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration",
                        "--management.endpoints.web.exposure.include=outbox");
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    static List<String> found(String path) throws Exception {
        return texts(api.get(VICTOR, path).json().path("events"), "eventId");
    }

    static List<String> texts(JsonNode list, String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list) texts.add(element.path(field).asString());
        return texts;
    }

    static void assertProblem(Answer answer, int status, String sentence) {
        assertThat(answer.type()).as(answer.body()).isEqualTo("application/problem+json");
        assertThat(answer.text("detail")).isEqualTo(sentence);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    }

    UUID publish(String orderId) {
        OutboxPublisher publisher = shop.getBean(OutboxPublisher.class);
        return Objects.requireNonNull(shop.getBean(TransactionTemplate.class)
                .execute(status -> publisher.publish(OutboxMessage.of("Order", orderId, type, "the payload"))));
    }

    static void quarantine(UUID id, String error) {
        set(id, EventStatus.QUARANTINED, error);
    }

    static void set(UUID id, EventStatus status, @Nullable String error) {
        jdbc.sql(
                        "UPDATE outbox_events SET status = :status, last_error = CAST(:error AS varchar), failed_at = created_at WHERE event_id = :id")
                .param("status", status.name())
                .param("error", error)
                .param("id", id)
                .update();
    }

    static String status(UUID id) {
        return jdbc.sql("SELECT status FROM outbox_events WHERE event_id = :id")
                .param("id", id)
                .query(String.class)
                .single();
    }
}
