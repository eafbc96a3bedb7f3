package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.outbox.EventStatus;
import dev.outbox.relay.Relay;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.DatabaseServer;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TcpProxy;
import dev.outbox.test.TcpProxy.Direction;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The relay's database goes away at the worst moments, with a real broker behind it. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
@Timeout(120)
class DatabaseOutageIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final QuickRelay SHORT_LEASES =
            QuickRelay.SETTINGS.batch(100).lease(Duration.ofSeconds(3)).send(Duration.ofMillis(1500));
    private static final List<String> KEYS =
            IntStream.range(0, 40).mapToObj(i -> "key " + i).toList();

    private final TestDatabase database;
    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("outage", 3);
    private final List<AutoCloseable> resources = new ArrayList<>();

    DatabaseOutageIntegrationTest(TestDatabase database) {
        this.database = database;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : resources) resource.close();
    }

    /** Each step once; the lane of each cut rests until its lease ends. */
    @Test
    void a_connection_cut_at_any_step_loses_nothing_and_keeps_the_order() {
        DatabaseSchema schema = database.createSchema("cut");
        PublishedEvents events = events(schema);
        events.publish(2_000, KEYS);
        TcpProxy proxy = proxyTo(schema);
        Set<Step> uncut = EnumSet.range(Step.CLAIMED, Step.MARKED);
        relay(schema.through(proxy), SHORT_LEASES, step -> {
            synchronized (uncut) {
                if (uncut.remove(step)) proxy.reset();
            }
        });
        events.awaitAllDeliveredInOrder();
        assertThat(uncut).isEmpty();
    }

    @Test
    void a_mark_whose_commit_is_not_confirmed_stands_and_nothing_is_sent_twice() throws Exception {
        DatabaseSchema schema = database.createSchema("unconfirmed");
        Outbox direct = outbox(schema);
        direct.jdbc.sql("DELETE FROM outbox_lanes WHERE lane > 0").update();
        PublishedEvents events = events(schema);
        events.publish(500, KEYS);
        TcpProxy proxy = proxyTo(schema);
        CountDownLatch withheld = new CountDownLatch(1);
        relay(schema.through(proxy), QuickRelay.SETTINGS.batch(100), step -> {
            if (step != Step.MARKING || withheld.getCount() == 0) return;
            proxy.hold(Direction.TO_CLIENT);
            withheld.countDown();
        });
        assertThat(withheld.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await().until(() -> events.count(EventStatus.PUBLISHED) > 0);
        proxy.reset();
        proxy.heal();
        direct.endLeases();
        events.awaitAllDeliveredInOrder();
        assertThat(events.duplicates()).isZero();
    }

    @Test
    void a_database_that_is_killed_in_mid_wave_and_restarted_loses_nothing_and_keeps_the_order() throws Exception {
        DatabaseServer<?> server = database.start();
        resources.add(server);
        DatabaseSchema schema = server.createSchema("killed");
        PublishedEvents events = events(schema);
        events.publish(2_000, KEYS);
        CountDownLatch midWave = new CountDownLatch(1);
        CountDownLatch killed = new CountDownLatch(1);
        relay(schema, SHORT_LEASES, step -> {
            if (step != Step.MID_WAVE) return;
            midWave.countDown();
            awaitUninterruptibly(killed);
        });
        assertThat(midWave.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        server.kill();
        killed.countDown();
        server.restart();
        events.publish(100, KEYS);
        events.awaitAllDeliveredInOrder();
    }

    private TcpProxy proxyTo(DatabaseSchema schema) {
        TcpProxy proxy = TcpProxy.to(schema.host(), schema.port());
        resources.add(proxy);
        return proxy;
    }

    /** What the test itself does, past the proxy. */
    private PublishedEvents events(DatabaseSchema schema) {
        return new PublishedEvents(outbox(schema), kafka.bootstrapServers(), topic);
    }

    private static Outbox outbox(DatabaseSchema schema) {
        return new Outbox(schema);
    }

    private void relay(DatabaseSchema schema, QuickRelay settings, Consumer<Step> at) {
        KafkaEventSender sender = KafkaEventSender.create(
                Map.of("bootstrap.servers", kafka.bootstrapServers()), settings.send(), "/test");
        HikariDataSource pool = pool(schema);
        Outbox outbox = new Outbox(new SteppedDataSource(pool, at));
        Relay relay =
                outbox.relay(new SteppedSender(sender, 200, at), (event, error) -> {}, settings.settings(), "test");
        resources.add(0, pool);
        resources.add(0, sender);
        resources.add(0, relay::stop);
        relay.start();
    }

    /** As applications have one. */
    private static HikariDataSource pool(DatabaseSchema schema) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(schema.jdbcUrl());
        config.setUsername(schema.username());
        config.setPassword(schema.password());
        config.setMaximumPoolSize(3);
        config.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
        return new HikariDataSource(config);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
