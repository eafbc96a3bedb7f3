package dev.outbox.boot;

import static dev.outbox.boot.SampledOutbox.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxReplays;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EventSender;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TcpProxy;
import dev.outbox.test.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the gauges tell of the table of events and of replays. */
@Timeout(60)
class OutboxMetricsIntegrationTest {
    private final PostgresSchema schema = TestServers.postgres().createSchema("metrics");
    private final MeterRegistry meters = new SimpleMeterRegistry();

    private ApplicationContextRunner application() {
        return application(SampledOutbox.on(schema));
    }

    private ApplicationContextRunner application(ApplicationContextRunner sampled) {
        return sampled.withConfiguration(
                        AutoConfigurations.of(MetricsAutoConfiguration.class, OutboxRetentionAutoConfiguration.class))
                .withBean(MeterRegistry.class, () -> meters)
                .withBean(EventSender.class, () -> SampledOutbox.SENDER);
    }

    @Test
    void events_that_are_not_finished_are_told_by_status() {
        application().run(context -> {
            await().until(() -> events("pending") == 0);
            publish(context, "A", "Refused");
            publish(context, "B", "NotNow");
            await().until(() -> events("quarantined") == 1 && events("retrying") == 1);
            publish(context, "A", "Fine");
            await().until(() -> events("blocked") == 1 && events("pending") == 0);
            assertThat(gauge("outbox.drain.time")).as("nothing is published").isNaN();
        });
    }

    @Test
    void the_oldest_event_that_waits_and_the_time_until_all_are_sent_are_told() {
        application().run(context -> {
            await().until(() -> gauge("outbox.pending.oldest.age") == 0 && gauge("outbox.drain.time") == 0);
            publish(context, "B", "NotNow");
            JdbcClient.create(context.getBean(DataSource.class))
                    .sql("UPDATE outbox_events SET created_at = now() - interval '1 hour'")
                    .update();
            await().until(() -> gauge("outbox.pending.oldest.age") > 3600);
            await().until(() -> {
                publish(context, "A", "Fine");
                return gauge("outbox.drain.time") > 0;
            });
        });
    }

    @Test
    void replays_that_are_not_over_are_told_by_status_with_what_they_have_still_to_send() {
        application()
                .withBean(AccessControl.class, () -> AccessControl.allowAll("a test"))
                .run(context -> {
                    for (int i = 0; i < 10; i++) publish(context, "A", "Fine");
                    OutboxReplays replays = context.getBean(OutboxReplays.class);
                    ReplayPlan everything = ReplayPlan.ofPeriod(Instant.EPOCH, null);
                    await().until(() -> replays.dryRun(everything).events() == 10);
                    context.getBean(OutboxOperations.class).pause(OutboxPause.everything(), "so that replays stand");
                    UUID paused = start(replays, everything);
                    start(replays, everything);
                    replays.pause(paused, "a test");
                    await().until(() -> replays("running") == 1 && replays("paused") == 1);
                    assertThat(gauge("outbox.replay.remaining")).isEqualTo(20);

                    context.getBean(OutboxOperations.class).resume(OutboxPause.everything(), "a test");
                    await().until(() -> replays("running") == 0 && replays("paused") == 1);
                    assertThat(gauge("outbox.replay.remaining")).isEqualTo(10);
                    replays.cancel(paused, "a test");
                    await().until(() -> replays("paused") == 0);
                    assertThat(gauge("outbox.replay.remaining")).isZero();
                    assertThat(meters.counter("outbox.replay.sent").count()).isEqualTo(10);
                });
    }

    private static UUID start(OutboxReplays replays, ReplayPlan plan) {
        String token = replays.dryRun(plan).token();
        return replays.start(ReplayRequest.normal(token), "a test").id();
    }

    private double replays(String status) {
        return meters.get("outbox.replays")
                .tags(Tags.of("status", status))
                .gauge()
                .value();
    }

    @Test
    void the_size_of_the_table_is_told() {
        application().run(context -> {
            for (int i = 0; i < 10; i++) publish(context, "A", "Fine");
            JdbcClient.create(context.getBean(DataSource.class))
                    .sql("ANALYZE outbox_events")
                    .update();
            await().until(() -> gauge("outbox.table.rows") == 10);
            assertThat(gauge("outbox.table.size")).isGreaterThan(10_000);
        });
    }

    @Test
    void the_time_until_the_tables_reach_their_limit_is_told() {
        application()
                .withPropertyValues("outbox.retention.table-limit=1KB")
                .run(context -> await().until(() -> gauge("outbox.table.limit.time") == 0));
    }

    @Test
    void as_long_as_nobody_knows_how_the_tables_grow_it_is_not_told() {
        application().withPropertyValues("outbox.retention.table-limit=100GB").run(context -> {
            await().until(() -> gauge("outbox.table.size") > 0);
            assertThat(gauge("outbox.table.limit.time")).isNaN();
        });
    }

    @Test
    void without_a_limit_there_is_no_time_until_it() {
        application().run(context -> {
            await().until(() -> gauge("outbox.table.size") > 0);
            assertThat(meters.find("outbox.table.limit.time").gauge()).isNull();
        });
    }

    @Test
    void h2_tells_no_size() {
        application(SampledOutbox.on("jdbc:h2:mem:metrics", "sa", "")).run(context -> {
            await().until(() -> events("pending") == 0);
            assertThat(meters.find("outbox.table.size").gauge()).isNull();
            assertThat(meters.find("outbox.table.rows").gauge()).isNull();
        });
    }

    @Test
    void while_the_database_is_gone_nothing_is_told_and_nothing_fails() {
        try (TcpProxy proxy = TcpProxy.to(schema.host(), schema.port())) {
            application(SampledOutbox.on(schema.through(proxy))).run(context -> {
                await().until(() -> events("pending") == 0);
                proxy.refuse();
                proxy.reset();
                await().until(() -> Double.isNaN(events("pending")));
                assertThat(gauge("outbox.pending.oldest.age")).isNaN();
                assertThat(gauge("outbox.table.size")).isNaN();
                assertThat(replays("running")).isNaN();
                assertThat(gauge("outbox.replay.remaining")).isNaN();
                proxy.heal();
                await().atMost(Duration.ofSeconds(30)).until(() -> events("pending") == 0);
            });
        }
    }

    @Test
    void an_interval_of_nothing_is_refused() {
        application()
                .withPropertyValues("outbox.metrics.interval=0s")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessage("outbox.metrics.interval is PT0S. Set it to a positive duration such as 15s."));
    }

    private double events(String status) {
        return meters.get("outbox.events")
                .tags(Tags.of("status", status))
                .gauge()
                .value();
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }
}
