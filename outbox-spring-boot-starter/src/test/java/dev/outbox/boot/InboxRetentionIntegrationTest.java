package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** What an application forgets by itself. */
@Timeout(60)
class InboxRetentionIntegrationTest {
    private final PostgresSchema schema = TestServers.postgres().createSchema("retention");

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    OutboxInboxAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=" + schema.jdbcUrl(),
                    "spring.datasource.username=" + schema.username(),
                    "spring.datasource.password=" + schema.password(),
                    "outbox.inbox.schema.initialize=true",
                    "outbox.inbox.retention-interval=100ms");

    @Test
    void what_was_handled_longer_ago_than_the_retention_is_forgotten_and_what_was_not_stays() {
        application.run(context -> {
            DataSource dataSource = context.getBean(DataSource.class);
            InboxStore store = new InboxStore(new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX));
            UUID old = record(store);
            UUID young = record(store);
            new JdbcTemplate(dataSource)
                    .update(
                            "UPDATE inbox_events SET handled_at = handled_at - interval '31 days' WHERE event_id = ?",
                            old);
            await().until(() -> store.handlings("test", old).isEmpty());
            assertThat(store.handlings("test", young)).hasSize(1);
        });
    }

    private static UUID record(InboxStore store) {
        UUID id = UUID.randomUUID();
        store.record("test", new Delivery(id, ""), InboxStatus.HANDLED, 1);
        return id;
    }
}
