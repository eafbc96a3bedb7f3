package dev.outbox.boot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPublisher;
import dev.outbox.OutboxTransactionException;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.relay.Relay;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SentPosition;
import dev.outbox.store.EventStore;
import dev.outbox.store.LaneStore;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(OutputCaptureExtension.class)
class OutboxAutoConfigurationIntegrationTest {
    private final PostgresSchema schema = TestServers.postgres().createSchema("starter");
    private final ApplicationContextRunner withoutKafka = new ApplicationContextRunner()
            .withBean(AccessControl.class, () -> AccessControl.allowAll("a test"))
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    OutboxFormatAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    OutboxKafkaAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class,
                    OutboxInboxAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=" + schema.jdbcUrl(),
                    "spring.datasource.username=" + schema.username(),
                    "spring.datasource.password=" + schema.password(),
                    "outbox.schema.initialize=true",
                    "outbox.inbox.schema.initialize=true");

    private ApplicationContextRunner withKafka() {
        return withoutKafka
                .withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class))
                .withPropertyValues(
                        "spring.kafka.bootstrap-servers=" + TestServers.kafka().bootstrapServers());
    }

    @Test
    void an_event_goes_all_the_way_with_nothing_but_the_defaults() {
        KafkaServer kafka = TestServers.kafka();
        String topic = kafka.uniqueTopic("orders", 1);
        withKafka().run(context -> {
            UUID event = publish(context, topic);
            awaitPublished(context, event);
            assertThat(context).hasSingleBean(KafkaEventSender.class).hasSingleBean(InboxProcessor.class);
        });
    }

    @Test
    void switched_off_there_is_nothing() {
        withKafka()
                .withPropertyValues("outbox.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(OutboxPublisher.class)
                        .doesNotHaveBean(Relay.class)
                        .doesNotHaveBean(EventSender.class)
                        .hasSingleBean(InboxProcessor.class));
    }

    @Test
    void without_a_relay_events_are_stored_for_another_process() {
        withoutKafka.withPropertyValues("outbox.relay.enabled=false").run(context -> {
            UUID event = publish(context, "orders");
            assertThat(context).doesNotHaveBean(Relay.class).doesNotHaveBean(EventSender.class);
            assertThat(context.getBean(OutboxOperations.class)
                            .find(event)
                            .orElseThrow()
                            .status())
                    .isEqualTo(EventStatus.PENDING);
        });
    }

    @Test
    void without_a_data_source_there_is_nothing() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(OutboxAutoConfiguration.class, OutboxRelayAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(OutboxPublisher.class));
    }

    @Test
    void a_sender_of_the_application_takes_kafkas_place() {
        EventSender own = event -> CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
        withKafka().withBean("own", EventSender.class, () -> own).run(context -> {
            assertThat(context).hasSingleBean(EventSender.class);
            awaitPublished(context, publish(context, "anywhere"));
        });
    }

    @Test
    void works_without_the_inbox_on_the_class_path() {
        withKafka()
                .withClassLoader(new FilteredClassLoader(InboxProcessor.class, InboxMessage.class))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(OutboxPublisher.class));
    }

    @Test
    void works_without_spring_kafka_on_the_class_path_when_there_is_a_sender() {
        withoutKafka
                .withClassLoader(new FilteredClassLoader("org.springframework.kafka"))
                .withBean("own", EventSender.class, () -> event -> new CompletableFuture<>())
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Relay.class));
    }

    @Test
    void a_relay_with_nothing_to_send_with_does_not_start() {
        withoutKafka.run(context -> assertThat(failure(context))
                .hasMessage(
                        "The outbox relay has nothing to send with: there is no Kafka ProducerFactory and no EventSender bean."
                                + " Add spring-boot-starter-kafka and spring.kafka.bootstrap-servers, or declare an EventSender bean,"
                                + " or set outbox.relay.enabled=false if another process sends the events."));
    }

    @Test
    void missing_tables_stop_the_start_and_the_analysis_says_what_to_do() {
        withKafka().withPropertyValues("outbox.schema.initialize=false").run(context -> {
            FailureAnalysis analysis =
                    requireNonNull(new OutboxConfigurationFailureAnalyzer().analyze(failure(context)));
            assertThat(analysis.getDescription())
                    .isEqualTo("The table outbox_schema is missing in schema '%s' of jdbc:postgresql://%s:%d/postgres."
                            .formatted(schema.name(), schema.host(), schema.port()));
            assertThat(analysis.getAction())
                    .isEqualTo("Run classpath:dev/outbox/schema/outbox/postgresql/V1__outbox.sql with your migrations,"
                            + " or let the application create the tables with outbox.schema.initialize=true.");
        });
    }

    @Test
    void a_process_that_only_publishes_starts_without_the_tables_of_relays_and_operators_and_another_does_not() {
        storing()
                .run(context -> JdbcClient.create(context.getBean(DataSource.class))
                        .sql(
                                "DROP TABLE outbox_archived_events, outbox_pauses, outbox_shedlock, outbox_audit, outbox_replays, outbox_replay_key")
                        .update());
        storing().run(context -> assertThat(publish(context, "orders")).isNotNull());
        withKafka()
                .run(context -> assertThat(failure(context))
                        .hasMessageStartingWith("The table outbox_archived_events is missing in schema"));
    }

    @Test
    void a_missing_audit_trail_stops_the_start_where_operators_act() {
        storing()
                .run(context -> JdbcClient.create(context.getBean(DataSource.class))
                        .sql("DROP TABLE outbox_audit")
                        .update());
        withKafka()
                .run(context -> assertThat(failure(context))
                        .hasMessage(
                                ("The table outbox_audit is missing in schema '%s' of jdbc:postgresql://%s:%d/postgres,"
                                                + " although the outbox tables there are of version 1."
                                                + " Create it as classpath:dev/outbox/schema/outbox/postgresql/V1__outbox.sql does, or grant this user what it needs on it:"
                                                + " MySQL and MariaDB show a table only to those who have a privilege on it.")
                                        .formatted(schema.name(), schema.host(), schema.port())));
    }

    @Test
    void a_missing_inbox_table_stops_the_start() {
        withKafka()
                .withPropertyValues("outbox.inbox.schema.initialize=false")
                .run(context -> assertThat(failure(context))
                        .hasMessageStartingWith("The table inbox_schema is missing in schema")
                        .hasMessageEndingWith("with outbox.inbox.schema.initialize=true."));
    }

    @Test
    void tables_may_be_in_another_schema_and_have_other_names() {
        PostgresSchema elsewhere = TestServers.postgres().createSchema("elsewhere");
        EventSender own = event -> CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
        withoutKafka
                .withBean("own", EventSender.class, () -> own)
                .withPropertyValues(
                        "outbox.schema.name=" + elsewhere.name(),
                        "outbox.schema.table-prefix=app_",
                        "outbox.inbox.schema.name=" + elsewhere.name(),
                        "outbox.inbox.schema.table-prefix=in_")
                .run(context -> {
                    awaitPublished(context, publish(context, "anywhere"));
                    assertThat(tables(context, elsewhere.name()))
                            .containsExactlyInAnyOrder(
                                    "app_events",
                                    "app_archived_events",
                                    "app_shedlock",
                                    "app_lanes",
                                    "app_pauses",
                                    "app_audit",
                                    "app_replays",
                                    "app_replay_key",
                                    "app_schema",
                                    "in_events",
                                    "in_versions",
                                    "in_dead_letters",
                                    "in_held_keys",
                                    "in_audit",
                                    "in_shedlock",
                                    "in_schema");
                    assertThat(tables(context, schema.name())).isEmpty();
                });
    }

    private static List<String> tables(ApplicationContext context, String schema) {
        return JdbcClient.create(context.getBean(DataSource.class))
                .sql("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema")
                .param("schema", schema)
                .query(String.class)
                .list();
    }

    @Test
    void outbox_and_inbox_do_not_share_their_names() {
        withKafka()
                .withPropertyValues("outbox.schema.table-prefix=app_", "outbox.inbox.schema.table-prefix=app_")
                .run(
                        context -> assertThat(failure(context))
                                .hasMessage(
                                        "The tables of the outbox and of the inbox both have the prefix 'app_' in the same schema."
                                                + " Give outbox.schema.table-prefix and outbox.inbox.schema.table-prefix different values."));
    }

    @Test
    void lanes_are_made_with_the_tables_and_a_later_wish_is_answered_with_a_warning(CapturedOutput output) {
        storing()
                .withPropertyValues("outbox.lanes=8")
                .run(context -> assertThat(lanes(context)).isEqualTo(8));
        assertThat(output).doesNotContain("outbox.lanes");
        storing().run(context -> assertThat(lanes(context)).isEqualTo(8));
        assertThat(output).doesNotContain("outbox.lanes");
        storing()
                .withPropertyValues("outbox.lanes=16")
                .run(context -> assertThat(lanes(context)).isEqualTo(8));
        assertThat(output)
                .containsOnlyOnce("WARN")
                .contains("outbox.lanes is 16, but the tables were made with 8 lanes, and the outbox goes on with 8:"
                        + " to change their number, stop what publishes, let the relays send everything, stop them,"
                        + " change the rows of the lane table, and start again.");
    }

    private static int lanes(ApplicationContext context) {
        return context.getBean(LaneStore.class).count();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1025})
    void no_lane_or_too_many_stop_the_start(int lanes) {
        storing()
                .withPropertyValues("outbox.lanes=" + lanes)
                .run(context -> assertThat(failure(context))
                        .hasMessage("outbox.lanes is " + lanes + ", which is not between 1 and 1024."
                                + " Leave it out for 64, or set it to a few times the number of all relays' workers."));
    }

    @Test
    void settings_that_break_a_guarantee_stop_the_start() {
        withKafka()
                .withPropertyValues("outbox.relay.lease=5s")
                .run(
                        context -> assertThat(failure(context))
                                .hasMessageStartingWith(
                                        "outbox.relay.lease is PT5S, which is less than twice outbox.relay.send-timeout (PT30S)"));
    }

    @Test
    void a_limit_below_one_byte_stops_the_start() {
        withKafka()
                .withPropertyValues("outbox.publish.max-payload-size=0B")
                .run(context -> assertThat(failure(context))
                        .hasMessageStartingWith("outbox.publish.max-payload-size is 0 bytes."));
    }

    @OutboxEvent(type = "OrderPlaced", aggregate = "Order", key = "orderId", topic = "anywhere")
    record OrderPlaced(String orderId) {}

    @Test
    void annotated_application_events_are_stored_in_the_callers_transaction() {
        storing().withPropertyValues("outbox.publish.application-events=true").run(context -> {
            inTransaction(context, () -> context.publishEvent(new OrderPlaced("1")));
            inTransaction(context, () -> context.publishEvent("not ours"));
            assertThat(stored(context)).isEqualTo(1);
            assertThatThrownBy(() -> context.publishEvent(new OrderPlaced("1")))
                    .isInstanceOf(OutboxTransactionException.class);
        });
    }

    @Test
    void annotated_application_events_are_left_alone_by_default() {
        storing().run(context -> {
            inTransaction(context, () -> context.publishEvent(new OrderPlaced("1")));
            assertThat(stored(context)).isZero();
        });
    }

    private ApplicationContextRunner storing() {
        return withoutKafka.withPropertyValues("outbox.relay.enabled=false");
    }

    private static void inTransaction(ApplicationContext context, Runnable action) {
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> action.run());
    }

    private static int stored(ApplicationContext context) {
        return JdbcClient.create(context.getBean(DataSource.class))
                .sql("SELECT count(*) FROM outbox_events")
                .query(Integer.class)
                .single();
    }

    private static OutboxConfigurationException failure(
            org.springframework.boot.test.context.assertj.AssertableApplicationContext context) {
        Throwable failure = context.getStartupFailure();
        while (failure != null && !(failure instanceof OutboxConfigurationException)) failure = failure.getCause();
        assertThat(failure).isNotNull();
        return (OutboxConfigurationException) failure;
    }

    private static UUID publish(ApplicationContext context, String topic) {
        OutboxPublisher publisher = context.getBean(OutboxPublisher.class);
        UUID event = new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> publisher.publish(
                        OutboxMessage.of("Order", "1", "E", "body").topic(topic)));
        assertThat(event).isNotNull();
        return event;
    }

    private static void awaitPublished(ApplicationContext context, UUID event) {
        EventStore events = context.getBean(EventStore.class);
        await().until(() -> events.find(event).orElseThrow().status() == EventStatus.PUBLISHED);
    }
}
