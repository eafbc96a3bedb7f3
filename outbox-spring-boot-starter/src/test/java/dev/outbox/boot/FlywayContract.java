package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPublisher;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SentPosition;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.DatabaseServer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The way through Flyway that docs/schema.md describes, beside migrations of the application that begin with V1 as well. */
abstract class FlywayContract {
    private final DatabaseSchema schema;
    private final DriverManagerDataSource dataSource;
    private final ApplicationContextRunner application;
    private final ApplicationContextRunner withBoth;

    /** As the server's user, because others may not create a schema everywhere. */
    FlywayContract(DatabaseServer<?> server) {
        schema = server.createSchema("flyway");
        dataSource = new DriverManagerDataSource(schema.jdbcUrl(), server.username(), server.password());
        application = new ApplicationContextRunner()
                .withBean(AccessControl.class, () -> AccessControl.allowAll("a test"))
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        FlywayAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        OutboxRelayAutoConfiguration.class))
                .withBean(
                        EventSender.class,
                        () -> event -> CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0)))
                .withPropertyValues(
                        "spring.datasource.url=" + schema.jdbcUrl(),
                        "spring.datasource.username=" + server.username(),
                        "spring.datasource.password=" + server.password(),
                        "spring.flyway.locations=classpath:flyway/application");
        withBoth = application.withUserConfiguration(OutboxMigrations.class);
    }

    @Test
    void flyway_makes_the_tables_and_a_second_start_changes_nothing() {
        withBoth.run(FlywayContract::anEventIsPublished);
        List<String> history = history();
        assertThat(history).containsExactly("0 BASELINE", "1 SQL");
        withBoth.run(FlywayContract::anEventIsPublished);
        assertThat(history()).isEqualTo(history);
    }

    @Test
    void the_initialiser_after_flyway_does_nothing() {
        withBoth.withPropertyValues("outbox.schema.initialize=true").run(FlywayContract::anEventIsPublished);
        assertThat(history()).containsExactly("0 BASELINE", "1 SQL");
    }

    @Test
    void flyway_takes_over_what_the_initialiser_has_made() {
        application.withPropertyValues("outbox.schema.initialize=true").run(FlywayContract::anEventIsPublished);
        withBoth.run(FlywayContract::anEventIsPublished);
        assertThat(history()).containsExactly("1 BASELINE");
    }

    @Test
    void flyway_can_make_the_tables_in_a_schema_of_their_own() {
        String own = schema.name() + "_own";
        Flyway.configure()
                .dataSource(dataSource)
                .locations(Schema.outbox(OutboxTables.of(dataSource)).folder())
                .schemas(own)
                .load()
                .migrate();
        application.withPropertyValues("outbox.schema.name=" + own).run(FlywayContract::anEventIsPublished);
        assertThat(Schema.outbox(OutboxTables.of(dataSource)).version()).isZero();
    }

    private static void anEventIsPublished(ApplicationContext context) {
        UUID event = Objects.requireNonNull(new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> context.getBean(OutboxPublisher.class)
                        .publish(OutboxMessage.of("Order", "1", "OrderPlaced", "body"))));
        OutboxOperations operations = context.getBean(OutboxOperations.class);
        await().until(() -> operations.find(event).orElseThrow().status() == EventStatus.PUBLISHED);
    }

    private List<String> history() {
        return JdbcClient.create(dataSource)
                .sql("SELECT concat(version, ' ', type) FROM outbox_flyway_history ORDER BY installed_rank")
                .query(String.class)
                .list();
    }
}
