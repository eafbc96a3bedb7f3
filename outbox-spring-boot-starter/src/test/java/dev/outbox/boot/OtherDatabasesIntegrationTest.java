package dev.outbox.boot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxPublisher;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.spi.AccessControl;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.DatabaseServer;
import dev.outbox.test.TestServers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application on another database than that of {@link OutboxAutoConfigurationIntegrationTest}, with nothing but its URL changed. */
class OtherDatabasesIntegrationTest {
    private static final List<String> TABLES = List.of(
            "outbox_events",
            "outbox_archived_events",
            "outbox_shedlock",
            "outbox_lanes",
            "outbox_pauses",
            "outbox_audit",
            "outbox_replays",
            "outbox_replay_key",
            "outbox_schema",
            "inbox_events",
            "inbox_versions",
            "inbox_dead_letters",
            "inbox_held_keys",
            "inbox_audit",
            "inbox_shedlock",
            "inbox_schema");

    record Place(String name, String url, String username, String password) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Place> places() {
        DatabaseSchema mysql = TestServers.mysql().createSchema("starter");
        DatabaseSchema mariadb = TestServers.mariadb().createSchema("starter");
        return Stream.of(
                new Place("MySQL", mysql.jdbcUrl(), mysql.username(), mysql.password()),
                new Place("MariaDB", mariadb.jdbcUrl(), mariadb.username(), mariadb.password()),
                new Place("H2", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", ""));
    }

    @ParameterizedTest
    @MethodSource("places")
    void an_event_goes_all_the_way_and_so_does_one_after_a_pause_and_a_second_start(Place place) {
        ApplicationContextRunner application = application(place);
        String topic = TestServers.kafka().uniqueTopic("orders", 1);
        OutboxPause pause = OutboxPause.topic(topic);
        application.run(context -> {
            awaitPublished(context, publish(context, topic));
            assertThat(tables(context, currentSchema(place))).containsExactlyInAnyOrderElementsOf(TABLES);
            assertThat(operations(context).pause(pause, "a test")).isTrue();
            assertThat(operations(context).pause(pause, "a test")).isFalse();
        });
        application.run(context -> {
            assertThat(operations(context).pauses()).containsExactly(pause);
            UUID paused = publish(context, topic);
            await().until(() -> status(context, paused) == EventStatus.RETRYING);
            assertThat(operations(context).resume(pause, "a test")).isTrue();
            awaitPublished(context, paused);
            assertThat(List.of(isHandled(context, paused), isHandled(context, paused)))
                    .containsExactly(true, false);
        });
    }

    static Stream<Place> withAnother() {
        return Stream.concat(
                Stream.of(TestServers.mysql(), TestServers.mariadb()).map(OtherDatabasesIntegrationTest::asItsUser),
                Stream.of(new Place(
                        "elsewhere",
                        "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1;INIT=CREATE SCHEMA IF NOT EXISTS elsewhere"
                                .formatted(UUID.randomUUID()),
                        "sa",
                        "")));
    }

    /** The server's user, who may use the other schema as well, which is what the place is called. */
    private static Place asItsUser(DatabaseServer<?> server) {
        return new Place(
                server.createSchema("elsewhere").name(),
                server.createSchema("starter").jdbcUrl(),
                server.username(),
                server.password());
    }

    /** In MySQL and MariaDB a schema is what they call a database. */
    @ParameterizedTest
    @MethodSource("withAnother")
    void tables_may_be_in_another_schema_and_have_other_names(Place place) {
        String topic = TestServers.kafka().uniqueTopic("orders", 1);
        application(place)
                .withPropertyValues(
                        "outbox.schema.name=" + place.name(),
                        "outbox.schema.table-prefix=app_",
                        "outbox.inbox.schema.name=" + place.name(),
                        "outbox.inbox.schema.table-prefix=in_")
                .run(context -> {
                    awaitPublished(context, publish(context, topic));
                    assertThat(tables(context, place.name()))
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
                    assertThat(tables(context, currentSchema(place))).isEmpty();
                });
    }

    private static ApplicationContextRunner application(Place place) {
        return new ApplicationContextRunner()
                .withBean(AccessControl.class, () -> AccessControl.allowAll("a test"))
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        KafkaAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        OutboxKafkaAutoConfiguration.class,
                        OutboxRelayAutoConfiguration.class,
                        OutboxInboxAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.url=" + place.url(),
                        "spring.datasource.username=" + place.username(),
                        "spring.datasource.password=" + place.password(),
                        "spring.kafka.bootstrap-servers=" + TestServers.kafka().bootstrapServers(),
                        "outbox.schema.initialize=true",
                        "outbox.inbox.schema.initialize=true");
    }

    private static String currentSchema(Place place) {
        return place.url().startsWith("jdbc:h2:")
                ? "public"
                : place.url().replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }

    private static List<String> tables(ApplicationContext context, String schema) {
        return JdbcClient.create(context.getBean(DataSource.class))
                .sql("SELECT lower(table_name) FROM information_schema.tables WHERE lower(table_schema) = :schema")
                .param("schema", schema)
                .query(String.class)
                .list();
    }

    private static UUID publish(ApplicationContext context, String topic) {
        return requireNonNull(new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> context.getBean(OutboxPublisher.class)
                        .publish(OutboxMessage.of("Order", "1", "E", "body").topic(topic))));
    }

    private static boolean isHandled(ApplicationContext context, UUID event) {
        InboxMessage message = new InboxMessage(
                event, "E", "Order", "1", null, Instant.EPOCH, Map.of(), null, new byte[0], "orders", 0, 0);
        return context.getBean(InboxProcessor.class).handle("test", message, handled -> {});
    }

    private static OutboxOperations operations(ApplicationContext context) {
        return context.getBean(OutboxOperations.class);
    }

    private static EventStatus status(ApplicationContext context, UUID event) {
        return operations(context).find(event).orElseThrow().status();
    }

    private static void awaitPublished(ApplicationContext context, UUID event) {
        await().until(() -> status(context, event) == EventStatus.PUBLISHED);
    }
}
