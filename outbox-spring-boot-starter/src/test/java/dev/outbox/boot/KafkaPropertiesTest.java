package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import dev.outbox.spi.TopicRouter;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Where events go and what they are called there, by properties and beans. No server is needed. */
class KafkaPropertiesTest {
    private final ApplicationContextRunner storing = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    OutboxFormatAutoConfiguration.class,
                    OutboxAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1",
                    "outbox.schema.initialize=true",
                    "outbox.relay.enabled=false");
    private final ApplicationContextRunner sending = storing.withConfiguration(AutoConfigurations.of(
                    KafkaAutoConfiguration.class,
                    OutboxKafkaAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class))
            .withPropertyValues("outbox.relay.enabled=true", "spring.kafka.bootstrap-servers=127.0.0.1:1");

    @Test
    void topics_come_from_properties_then_from_routers_then_from_the_default() {
        storing.withPropertyValues(
                        "outbox.kafka.topics.Order=orders",
                        "outbox.kafka.topics[sales.Order]=sales-orders",
                        "outbox.kafka.default-topic=shop.{aggregateType}.events")
                .withBean("silent", TopicRouter.class, () -> type -> null)
                .withBean("stocks", TopicRouter.class, () -> type -> type.equals("Stock") ? "stocks" : null)
                .run(context -> assertThat(topics(context, "Order", "sales.Order", "Stock", "Customer"))
                        .containsExactly("orders", "sales-orders", "stocks", "shop.Customer.events"));
    }

    @Test
    void without_properties_topics_are_named_like_the_aggregate_types() {
        storing.run(context -> assertThat(topics(context, "Order")).containsExactly("Order"));
    }

    @Test
    void a_configured_name_that_kafka_refuses_stops_the_start() {
        storing.withPropertyValues("outbox.kafka.topics.Order=all orders")
                .run(context -> assertThat(failure(context.getStartupFailure()))
                        .hasMessageStartingWith(
                                "outbox.kafka.topics.Order is 'all orders', which is no name of a topic."));
        storing.withPropertyValues("outbox.kafka.default-topic=${outbox.kafka.none:}")
                .run(context -> assertThat(failure(context.getStartupFailure()))
                        .hasMessageStartingWith("outbox.kafka.default-topic is '', which makes no name of a topic."));
    }

    @Test
    void an_application_with_any_name_has_a_source_that_cloudevents_clients_can_read() {
        sending.withPropertyValues("spring.application.name=Zoë's order app")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(KafkaEventSender.class));
    }

    @Test
    void a_source_that_cloudevents_clients_cannot_read_stops_the_start() {
        sending.withPropertyValues("outbox.source=order app")
                .run(context -> assertThat(failure(context.getStartupFailure()))
                        .hasMessageStartingWith("The CloudEvents source 'order app' is not a URI reference."));
    }

    @Test
    void what_goes_to_quarantine_is_told_to_the_dead_letter_topic_and_by_default_to_none() {
        withSenderThatRefuses("orders").run(context -> {
            topics(context, "orders");
            await().until(() -> statuses(context).contains("QUARANTINED"));
            assertThat(statuses(context)).containsExactly("QUARANTINED");
        });
        withSenderThatRefuses("orders")
                .withPropertyValues("outbox.kafka.dead-letter-topic=dead")
                .run(context -> {
                    assertThat(topics(context, "orders")).contains("orders");
                    await().until(() -> statuses(context).equals(List.of("QUARANTINED", "PUBLISHED")));
                    assertThat(topics(context)).containsExactly("orders", "dead");
                });
    }

    @Test
    void a_dead_letter_topic_that_kafka_refuses_stops_the_start() {
        sending.withPropertyValues("outbox.kafka.dead-letter-topic=dead letters")
                .run(context -> assertThat(failure(context.getStartupFailure()))
                        .hasMessageStartingWith(
                                "outbox.kafka.dead-letter-topic is 'dead letters', which is no name of a topic."));
    }

    private ApplicationContextRunner withSenderThatRefuses(String topic) {
        EventSender sender = event -> event.topic().equals(topic)
                ? CompletableFuture.failedFuture(SendException.ofEventForGood(new IllegalStateException("no")))
                : CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
        return sending.withBean("own", EventSender.class, () -> sender)
                .withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    }

    private static List<String> statuses(ApplicationContext context) {
        return JdbcClient.create(context.getBean(DataSource.class))
                .sql("SELECT status FROM outbox_events ORDER BY seq")
                .query(String.class)
                .list();
    }

    private static List<String> topics(ApplicationContext context, String... aggregateTypes) {
        OutboxPublisher publisher = context.getBean(OutboxPublisher.class);
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
            for (String type : aggregateTypes) publisher.publish(OutboxMessage.of(type, "1", "E", ""));
        });
        return JdbcClient.create(context.getBean(DataSource.class))
                .sql("SELECT topic FROM outbox_events ORDER BY seq")
                .query(String.class)
                .list();
    }

    private static OutboxConfigurationException failure(@Nullable Throwable failure) {
        while (failure != null && !(failure instanceof OutboxConfigurationException)) failure = failure.getCause();
        return (OutboxConfigurationException) Objects.requireNonNull(failure);
    }
}
