package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventStatus;
import dev.outbox.relay.Relay;
import dev.outbox.spi.EventSender;
import dev.outbox.store.Dialect;
import dev.outbox.test.ChildJvm;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A relay process that is killed, or paused past its lease, at a known step of its work, and one that takes over. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
@Timeout(120)
class KilledAndPausedRelayIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> KEYS = List.of("A", "B", "C", "D", "E");
    private static final int MORE_THAN_A_BATCH = RelayProcess.BATCH + 50;

    private final KafkaServer kafka = TestServers.kafka();
    private final TestDatabase database;
    private final List<AutoCloseable> resources = new ArrayList<>();

    KilledAndPausedRelayIntegrationTest(TestDatabase database) {
        this.database = database;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : resources) resource.close();
    }

    /** All at once, so that their starts overlap. */
    @TestFactory
    Stream<DynamicTest> a_relay_killed_at_any_step_loses_nothing_and_keeps_the_order() {
        Map<Step, Scene> scenes = new EnumMap<>(Step.class);
        for (Step step : EnumSet.range(Step.CLAIMED, Step.MARKED))
            scenes.put(step, new Scene(step, RelayProcess.LONG_LEASE));
        for (Scene scene : scenes.values()) {
            scene.awaitHalt();
            scene.process.kill();
        }
        return scenes.values().stream().map(scene -> DynamicTest.dynamicTest(scene.step.name(), scene::isTakenOver));
    }

    /** The one that took over is still in the middle of its first wave when the paused one wakes. */
    @Test
    void a_relay_paused_past_its_lease_in_mid_wave_marks_nothing_when_it_wakes() throws Exception {
        Scene scene = new Scene(Step.MID_WAVE, RelayProcess.SHORT_LEASE);
        scene.awaitHalt();
        scene.process.pause();
        long sent = scene.events.records();
        long marked = scene.events.count(EventStatus.PUBLISHED);
        CountDownLatch takenOver = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        scene.startRelay(new SteppedSender(sender(), 3, step -> {
            if (step != Step.MID_WAVE) return;
            takenOver.countDown();
            awaitUninterruptibly(goOn);
        }));
        assertThat(takenOver.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        scene.process.resume();
        scene.process.awaitLine("was taken over by another relay before", PATIENCE);
        assertThat(scene.events.count(EventStatus.PUBLISHED)).isEqualTo(marked);
        assertThat(scene.isLeased()).as("the lane is still the other's").isTrue();

        scene.events.publish(100, KEYS); // for both
        goOn.countDown();
        scene.events.awaitAllDeliveredInOrder();
        long again = sent - marked;
        assertThat(scene.events.duplicates()).isBetween(again, again + KEYS.size());
    }

    private EventSender sender() {
        KafkaEventSender sender = KafkaEventSender.create(
                Map.of("bootstrap.servers", kafka.bootstrapServers()), Duration.ofSeconds(30), "/test");
        resources.add(sender);
        return sender;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A database of one lane, which a process has claimed and does not let go. */
    private final class Scene {
        private final Step step;
        private final Outbox outbox;
        private final PublishedEvents events;
        private final ChildJvm process;

        Scene(Step step, String lease) {
            this.step = step;
            DatabaseSchema schema = database.createSchema("halted");
            outbox = new Outbox(schema);
            outbox.jdbc.sql("DELETE FROM outbox_lanes WHERE lane > 0").update();
            String topic = kafka.uniqueTopic("halted", 3);
            events = new PublishedEvents(outbox, kafka.bootstrapServers(), topic);
            events.publish(MORE_THAN_A_BATCH, KEYS);
            process = ChildJvm.start(
                    RelayProcess.class,
                    List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
                    schema.jdbcUrl(),
                    schema.username(),
                    schema.password(),
                    kafka.bootstrapServers(),
                    topic,
                    "0",
                    lease,
                    step.name());
            resources.add(process);
        }

        void awaitHalt() {
            process.awaitLine("halted at " + step, PATIENCE);
        }

        void isTakenOver() {
            assertThat(events.count(EventStatus.PUBLISHED)).isEqualTo(step == Step.MARKED ? RelayProcess.BATCH : 0);
            outbox.endLeases();
            startRelay(sender());
            events.awaitAllDeliveredInOrder();
            assertThat(events.duplicates()).isEqualTo(duplicates());
        }

        private int duplicates() {
            return switch (step) {
                case CLAIMED, READ, MARKED -> 0;
                case MID_WAVE -> RelayProcess.MID_WAVE;
                case ACKNOWLEDGED, MARKING -> RelayProcess.BATCH;
                case QUARANTINING, QUARANTINED -> throw new IllegalStateException("nothing is refused here");
            };
        }

        void startRelay(EventSender sender) {
            Relay relay = outbox.relay(sender, (event, error) -> {}, QuickRelay.SETTINGS.settings(), "second");
            resources.add(0, relay::stop);
            relay.start();
        }

        boolean isLeased() {
            return outbox.jdbc
                    .sql("SELECT lease_until > %s FROM outbox_lanes"
                            .formatted(Dialect.of(outbox.tables).now()))
                    .query(Boolean.class)
                    .single();
        }
    }
}
