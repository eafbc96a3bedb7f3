package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.AuditEntry;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxPublisher;
import dev.outbox.OutboxReplays;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.retention.TableForecast;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SentPosition;
import dev.outbox.store.AuditStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What an application does by itself with events that are finished. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class RetentionIntegrationTest {
    private final PostgresSchema schema = TestServers.postgres().createSchema("retention");

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    OutboxFormatAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class,
                    OutboxRetentionAutoConfiguration.class))
            .withBean(
                    EventSender.class,
                    () -> event -> CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0)))
            .withPropertyValues(
                    "spring.datasource.url=" + schema.jdbcUrl(),
                    "spring.datasource.username=" + schema.username(),
                    "spring.datasource.password=" + schema.password(),
                    "outbox.schema.initialize=true",
                    "outbox.retention.interval=100ms");

    @Test
    void a_month_after_it_was_published_an_event_is_deleted_and_the_log_says_so(CapturedOutput output) {
        application.run(context -> {
            UUID old = publish(context);
            UUID young = publish(context);
            age(context, old, 31);
            await().until(() -> !ids(context, "outbox_events").contains(old));
            assertThat(ids(context, "outbox_events")).containsExactly(young);
            assertThat(ids(context, "outbox_archived_events")).isEmpty();
            await().untilAsserted(
                            () -> assertThat(output).containsPattern("Retention: 1 events deleted in \\d+ ms\\.\\R"));
        });
    }

    @Test
    void it_is_archived_where_that_is_wanted(CapturedOutput output) {
        application
                .withPropertyValues("outbox.retention.mode=archive", "outbox.retention.published=7d")
                .run(context -> {
                    UUID old = publish(context);
                    age(context, old, 8);
                    await().until(() -> ids(context, "outbox_archived_events").contains(old));
                    assertThat(ids(context, "outbox_events")).isEmpty();
                    await().untilAsserted(() -> assertThat(output).contains("Retention: 1 events archived in "));
                });
    }

    @Test
    void lines_of_the_audit_trail_go_after_a_time_where_that_is_wanted(CapturedOutput output) {
        application
                .withPropertyValues("outbox.retention.mode=keep", "outbox.retention.audit=365d")
                .run(context -> {
                    AuditStore audit = new AuditStore(context.getBean(OutboxTables.class));
                    audit.add("operator", "PAUSE", "everything", null, "long ago");
                    JdbcClient.create(context.getBean(DataSource.class))
                            .sql("UPDATE outbox_audit SET recorded_at = recorded_at - interval '366 days'")
                            .update();
                    audit.add("operator", "RESUME", "everything", null, "today");
                    await().until(() -> audit.before(Long.MAX_VALUE, 10).size() == 1);
                    assertThat(audit.before(Long.MAX_VALUE, 10))
                            .extracting(AuditEntry::reason)
                            .containsExactly("today");
                    await().untilAsserted(() ->
                            assertThat(output).contains("Retention: 1 lines deleted from the audit trail in "));
                });
    }

    @Test
    void acknowledged_events_are_deleted_at_once_where_that_is_wanted() {
        application.withPropertyValues("outbox.retention.mode=delete-at-once").run(context -> {
            publish(context);
            await().until(() -> ids(context, "outbox_events").isEmpty());
        });
    }

    @Test
    void what_a_replay_still_needs_stays() {
        application
                .withBean(AccessControl.class, () -> AccessControl.allowAll("a test"))
                .run(context -> {
                    UUID needed = publish(context);
                    UUID other = publish(context);
                    OutboxOperations operations = context.getBean(OutboxOperations.class);
                    await().until(() -> List.of(needed, other).stream()
                            .allMatch(id -> operations.find(id).orElseThrow().status() == EventStatus.PUBLISHED));
                    operations.pause(OutboxPause.everything(), "so that the replay stands");
                    OutboxReplays replays = context.getBean(OutboxReplays.class);
                    String token =
                            replays.dryRun(ReplayPlan.ofEvents(Set.of(needed))).token();
                    UUID replay =
                            replays.start(ReplayRequest.normal(token), "a test").id();
                    age(context, needed, 31);
                    age(context, other, 31);
                    await().until(() -> ids(context, "outbox_events").equals(List.of(needed)));
                    replays.cancel(replay, "a test");
                    await().until(() -> ids(context, "outbox_events").isEmpty());
                });
    }

    @Test
    void a_failure_is_one_warning_and_the_next_run_goes_on(CapturedOutput output) {
        application.run(context -> {
            UUID old = publish(context);
            JdbcClient jdbc = JdbcClient.create(context.getBean(DataSource.class));
            jdbc.sql("ALTER TABLE outbox_shedlock RENAME TO elsewhere").update();
            await().untilAsserted(() -> assertThat(output)
                    .contains("Retention of events has failed, and goes on with the next run, in PT0.1S:"));
            jdbc.sql("ALTER TABLE elsewhere RENAME TO outbox_shedlock").update();
            age(context, old, 31);
            await().until(() -> ids(context, "outbox_events").isEmpty());
        });
    }

    @Test
    void tables_that_have_reached_their_limit_are_warned_of(CapturedOutput output) {
        application
                .withPropertyValues("outbox.retention.mode=keep", "outbox.retention.table-limit=1KB")
                .run(context -> {
                    await().untilAsserted(() -> assertThat(
                                    context.getBean(TableForecast.class).timeToLimit())
                            .contains(Duration.ZERO));
                    await().untilAsserted(() -> assertThat(output)
                            .contains("The outbox tables have reached outbox.retention.table-limit: look whether"));
                });
    }

    @Test
    void without_a_limit_nothing_is_watched() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(TableForecast.class));
    }

    @Test
    void where_the_database_tells_no_sizes_a_limit_is_said_to_be_of_no_effect(CapturedOutput output) {
        application
                .withPropertyValues(
                        "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
                        "spring.datasource.username=sa",
                        "spring.datasource.password=",
                        "outbox.retention.table-limit=1GB")
                .run(
                        context -> assertThat(output)
                                .contains(
                                        "outbox.retention.table-limit has no effect: this database does not tell how large a table is."));
    }

    @Test
    void where_nothing_is_sent_nothing_is_deleted() {
        application
                .withPropertyValues("outbox.relay.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RetentionJob.class));
    }

    private static UUID publish(ApplicationContext context) {
        return Objects.requireNonNull(new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> context.getBean(OutboxPublisher.class)
                        .publish(OutboxMessage.of("Order", "1", "OrderPlaced", "body"))));
    }

    /** When it is published. */
    private static void age(ApplicationContext context, UUID event, int days) {
        JdbcClient jdbc = JdbcClient.create(context.getBean(DataSource.class));
        await().until(() ->
                jdbc.sql("""
                                        UPDATE outbox_events SET published_at = published_at - :days * interval '1 day',
                                                                 created_at = created_at - :days * interval '1 day'
                                        WHERE event_id = :event AND status = 'PUBLISHED'
                                        """).param("days", days).param("event", event).update() == 1);
    }

    private static List<UUID> ids(ApplicationContext context, String table) {
        return JdbcClient.create(context.getBean(DataSource.class))
                .sql("SELECT event_id FROM %s ORDER BY seq".formatted(table))
                .query(UUID.class)
                .list();
    }
}
