package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxTransactionException;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.TestSize;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Databases that are set up in another way than the relay would like. */
@Timeout(60)
class DatabaseSettingsIntegrationTest {
    private final PostgresSchema schema = TestServers.postgres().createSchema("settings");
    private final Outbox outbox = outbox("", schema.username());
    private final Broker broker = new Broker();
    private final Logger log = (Logger) LoggerFactory.getLogger(Relay.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final List<Runnable> undo = new ArrayList<>();

    @AfterEach
    void undo() {
        undo.forEach(Runnable::run);
    }

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void a_relay_works_where_transactions_are_serializable_by_default(TestDatabase database) throws SQLException {
        DatabaseSchema place = database.createSchema("serializable");
        String serializable = database == TestDatabase.POSTGRESQL
                ? "&options=-c%20default_transaction_isolation=serializable"
                : "&sessionVariables=transaction_isolation='SERIALIZABLE'";
        Outbox strict = new Outbox(
                new DriverManagerDataSource(place.jdbcUrl() + serializable, place.username(), place.password()));
        try (Connection connection = strict.dataSource.getConnection()) {
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        }
        for (String name : List.of("one", "two")) start(strict, name, QuickRelay.SETTINGS);
        int events = TestSize.of(100, 300);
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < events; i++) ids.add(strict.publish("key " + i % 20, "body"));
        await().until(() -> count(strict, EventStatus.PUBLISHED) == events);
        assertThat(broker.received()).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void a_relay_that_may_not_mark_says_so_once_and_goes_on_when_it_may() {
        String role = role("");
        outbox.jdbc
                .sql("GRANT USAGE ON SCHEMA " + schema.name() + " TO " + role)
                .update();
        outbox.jdbc
                .sql("GRANT SELECT ON ALL TABLES IN SCHEMA " + schema.name() + " TO " + role)
                .update();
        outbox.jdbc
                .sql("GRANT SELECT ON ALL SEQUENCES IN SCHEMA " + schema.name() + " TO " + role)
                .update();
        outbox.jdbc.sql("GRANT UPDATE ON outbox_lanes TO " + role).update();
        UUID id = outbox.publish("A", "body");

        listen();
        start(
                outbox("", role),
                "without privilege",
                QuickRelay.SETTINGS.lease(Duration.ofMillis(500)).send(Duration.ofMillis(250)));
        await().until(() -> broker.received().size() >= 4); // at each end of a lease
        assertThat(outbox.events.find(id).orElseThrow().status()).isEqualTo(EventStatus.PENDING);
        assertThat(logged.list)
                .filteredOn(event -> event.getLevel() == Level.WARN)
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .startsWith("The outbox relay fails on a lane for 0 s: ")
                .contains("permission denied for table outbox_events. Nothing is lost");

        outbox.jdbc.sql("GRANT UPDATE ON outbox_events TO " + role).update();
        await().until(() -> count(EventStatus.PUBLISHED) == 1);
        await().untilAsserted(() -> assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .last()
                .asString()
                .startsWith("The outbox relay fails on a lane: over after"));
    }

    @Test
    void publishing_on_a_read_only_database_is_refused_in_one_sentence_and_leaves_nothing_behind() {
        String role = role("SUPERUSER");
        Outbox publisher = outbox("", role);
        writable(role, false);
        OutboxMessage message = OutboxMessage.of("Order", "1", "OrderPlaced", "body");
        for (List<OutboxMessage> messages : List.of(List.of(message), List.of(message, message))) {
            assertThatThrownBy(() -> publisher.inTransaction(
                            () -> publisher.publisher(() -> {}).publishAll(messages)))
                    .isInstanceOf(OutboxTransactionException.class)
                    .hasMessage(
                            "publish was called in a transaction that the database has made read-only: default_transaction_read_only"
                                    + " is on, or the server is a standby. Let it roll back, and try again when the database takes writes.");
        }
        assertThat(count(EventStatus.PENDING)).isZero();
        writable(role, true);
        assertThat(publisher.publish("1", "body")).isNotNull();
    }

    @Test
    void a_relay_on_a_database_that_turns_read_only_says_so_once_and_goes_on_when_it_is_writable() {
        String role = role("SUPERUSER");
        listen();
        start(outbox("", role), "read-only", QuickRelay.SETTINGS.workers(1));
        outbox.publish("A", "before");
        await().until(() -> count(EventStatus.PUBLISHED) == 1);

        writable(role, false);
        await().until(() -> !warnings().isEmpty());
        outbox.publish("A", "meanwhile");
        await().during(Duration.ofSeconds(1)).until(() -> warnings().size() == 1); // twenty attempts later
        assertThat(warnings())
                .singleElement()
                .asString()
                .startsWith("The outbox relay cannot claim a lane for 0 s: ")
                .contains("cannot execute UPDATE in a read-only transaction. Nothing is lost");
        assertThat(broker.received()).hasSize(1);

        writable(role, true);
        await().until(() -> count(EventStatus.PUBLISHED) == 2);
        assertThat(broker.received()).hasSize(2);
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(message -> message.startsWith("The outbox relay cannot claim a lane: over after"));
    }

    /** For connections from now on, and these tests open one for each transaction. */
    private void writable(String role, boolean writable) {
        outbox.jdbc
                .sql("ALTER ROLE " + role + " SET default_transaction_read_only = " + !writable)
                .update();
    }

    private String role(String attributes) {
        String role = schema.name();
        outbox.jdbc
                .sql("CREATE ROLE " + role + " LOGIN PASSWORD 'postgres' " + attributes)
                .update();
        undo.add(() -> {
            outbox.jdbc.sql("DROP OWNED BY " + role).update();
            outbox.jdbc.sql("DROP ROLE " + role).update();
        });
        return role;
    }

    private void listen() {
        logged.start();
        log.setLevel(Level.INFO);
        undo.add(0, () -> log.setLevel(null));
        log.addAppender(logged);
        undo.add(0, () -> log.detachAppender(logged));
    }

    private List<String> warnings() {
        return List.copyOf(logged.list).stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private Outbox outbox(String parameters, String user) {
        return new Outbox(new DriverManagerDataSource(schema.jdbcUrl() + parameters, user, schema.password()));
    }

    private void start(Outbox outbox, String owner, QuickRelay settings) {
        Relay relay = outbox.relay(broker, (event, error) -> {}, settings.settings(), owner);
        undo.add(0, relay::stop);
        relay.start();
    }

    private long count(EventStatus status) {
        return count(outbox, status);
    }

    private static long count(Outbox outbox, EventStatus status) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events WHERE status = :status")
                .param("status", status.name())
                .query(Long.class)
                .single();
    }
}
