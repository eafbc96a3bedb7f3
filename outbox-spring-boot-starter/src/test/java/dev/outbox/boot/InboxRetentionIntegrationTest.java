package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.AuditEntry;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.AuditStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** What an application forgets by itself. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
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
            age(new JdbcTemplate(dataSource), old);
            await().until(() -> store.handlings("test", old).isEmpty());
            assertThat(store.handlings("test", young)).hasSize(1);
        });
    }

    @Test
    void while_another_instance_has_the_lock_this_one_forgets_nothing(CapturedOutput output) {
        application.run(context -> {
            DataSource dataSource = context.getBean(DataSource.class);
            JdbcTemplate jdbc = new JdbcTemplate(dataSource);
            InboxStore store = new InboxStore(new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX));
            await().until(() -> jdbc.update(
                            "UPDATE inbox_shedlock SET lock_until = '2999-01-01', locked_by = 'another' WHERE lock_until <= now()")
                    == 1);
            UUID old = record(store);
            age(jdbc, old);
            await().during(Duration.ofMillis(500))
                    .until(() -> !store.handlings("test", old).isEmpty());
            jdbc.update("UPDATE inbox_shedlock SET lock_until = '1999-01-01'");
            await().until(() -> store.handlings("test", old).isEmpty());
            await().untilAsserted(() -> assertThat(output)
                    .containsPattern("1 events that were handled more than PT720H ago are forgotten, in \\d+ ms\\."));
        });
    }

    @Test
    void a_failure_is_one_warning_and_the_next_run_goes_on(CapturedOutput output) {
        application.run(context -> {
            DataSource dataSource = context.getBean(DataSource.class);
            JdbcTemplate jdbc = new JdbcTemplate(dataSource);
            InboxStore store = new InboxStore(new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX));
            jdbc.execute("ALTER TABLE inbox_shedlock RENAME TO elsewhere");
            await().untilAsserted(() -> assertThat(output)
                    .contains("Retention of the inbox has failed, and goes on with the next run, in PT0.1S:"));
            jdbc.execute("ALTER TABLE elsewhere RENAME TO inbox_shedlock");
            UUID old = record(store);
            age(jdbc, old);
            await().until(() -> store.handlings("test", old).isEmpty());
        });
    }

    @Test
    void lines_of_the_audit_trail_go_after_a_time_where_that_is_wanted(CapturedOutput output) {
        application.withPropertyValues("outbox.retention.audit=365d").run(context -> {
            AuditStore audit = auditTrail(context);
            await().untilAsserted(() -> assertThat(audit.before(Long.MAX_VALUE, 10))
                    .extracting(AuditEntry::reason)
                    .containsExactly("today"));
            await().untilAsserted(
                            () -> assertThat(output).contains("Retention: 1 lines deleted from the audit trail in "));
        });
    }

    @Test
    void the_audit_trail_is_kept_unless_something_else_is_said() {
        application.run(context -> {
            AuditStore audit = auditTrail(context);
            DataSource dataSource = context.getBean(DataSource.class);
            InboxStore store = new InboxStore(new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX));
            // What is recorded later is forgotten by a later run, so the first one has ended.
            for (int run = 0; run < 2; run++) {
                UUID old = record(store);
                age(new JdbcTemplate(dataSource), old);
                await().until(() -> store.handlings("test", old).isEmpty());
            }
            assertThat(audit.before(Long.MAX_VALUE, 10))
                    .extracting(AuditEntry::reason)
                    .containsExactly("today", "long ago");
        });
    }

    @Test
    void a_time_that_makes_no_sense_stops_the_start() {
        application
                .withPropertyValues("outbox.retention.audit=-1d")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("outbox.retention.audit is PT-24H."));
    }

    /** With a line that is a year and a day old, and one of today. */
    private static AuditStore auditTrail(ApplicationContext context) {
        DataSource dataSource = context.getBean(DataSource.class);
        AuditStore audit = new AuditStore(new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX));
        new JdbcTemplate(dataSource)
                .update("INSERT INTO inbox_audit (recorded_at, operator, action, subject, reason)"
                        + " VALUES (now() - interval '366 days', 'operator', 'DISCARD', 'an event', 'long ago')");
        audit.add("operator", "REDRIVE", "an event", null, "today");
        return audit;
    }

    private static void age(JdbcTemplate jdbc, UUID event) {
        jdbc.update("UPDATE inbox_events SET handled_at = handled_at - interval '31 days' WHERE event_id = ?", event);
    }

    private static UUID record(InboxStore store) {
        UUID id = UUID.randomUUID();
        store.record("test", new Delivery(id, ""), InboxStatus.HANDLED, 1);
        return id;
    }
}
