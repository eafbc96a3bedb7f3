package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
import dev.outbox.relay.Relay;
import dev.outbox.relay.Replayer;
import dev.outbox.test.ChildJvm;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A process that is killed while it runs a replay, on a real database and a real broker, and one that goes on. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
@Timeout(120)
class KilledReplayIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> KEYS = List.of("A", "B", "C", "D", "E", "F", "G");
    private static final int EVENTS = 300;

    private final KafkaServer kafka = TestServers.kafka();
    private final DatabaseSchema schema;
    private final Outbox outbox;
    private final String topic = kafka.uniqueTopic("replayed", 3);
    private final PublishedEvents events;
    private final KafkaEventSender sender = KafkaEventSender.create(
            Map.of("bootstrap.servers", kafka.bootstrapServers()), Duration.ofSeconds(10), "/test");
    private final List<ChildJvm> processes = new ArrayList<>();

    KilledReplayIntegrationTest(TestDatabase database) {
        schema = database.createSchema("replayed");
        outbox = new Outbox(schema);
        events = new PublishedEvents(outbox, kafka.bootstrapServers(), topic);
    }

    @AfterEach
    void close() {
        processes.forEach(ChildJvm::close);
        sender.close();
    }

    /** Each process has a replay of its own, so that their leases overlap. Where each is killed a seed decides. */
    @TestFactory
    Stream<DynamicTest> a_replay_killed_at_any_moment_goes_on_without_gaps_and_repeats_a_chunk_at_most() {
        publish();
        Random random = new Random(20_261_127);
        List<Scene> scenes = new ArrayList<>();
        for (ReplayProcess.Moment moment : ReplayProcess.Moment.values()) {
            int number = switch (moment) {
                case CLAIMED -> 1;
                case SENDING -> 1 + random.nextInt(EVENTS);
                case SAVING, SAVED -> 1 + random.nextInt(EVENTS / ReplayProcess.CHUNK - 1);
            };
            scenes.add(new Scene(moment, number));
        }
        try (Topic before = new Topic(kafka.bootstrapServers(), topic).poll()) {
            assertThat(before.records().size()).as("the live events, and copies").isGreaterThan(EVENTS);
        }
        Replayer second = outbox.replayer(sender, QuickRelay.SETTINGS.batch(ReplayProcess.CHUNK).settings(), "second");
        second.start();
        try {
            for (Scene scene : scenes)
                await().atMost(PATIENCE).until(() -> scene.status() == ReplayStatus.DONE);
        } finally {
            second.stop();
        }
        return scenes.stream().map(scene -> DynamicTest.dynamicTest(scene.toString(), scene::hasSentEverything));
    }

    @Test
    void a_dry_run_sends_nothing() {
        publish();
        assertThat(outbox.replays
                        .dryRun(ReplayPlan.ofPeriod(Instant.EPOCH, null))
                        .events())
                .isEqualTo(EVENTS);
        try (Topic after = new Topic(kafka.bootstrapServers(), topic).poll()) {
            assertThat(after.records()).hasSize(EVENTS);
        }
    }

    private void publish() {
        events.publish(EVENTS, KEYS);
        Relay relay = outbox.relay(sender, (event, error) -> {}, QuickRelay.SETTINGS.settings(), "relay");
        relay.start();
        await().atMost(PATIENCE).until(() -> events.count(EventStatus.PUBLISHED) == EVENTS);
        relay.stop();
    }

    /** A process that has claimed a replay, and was killed. */
    private final class Scene {
        private final ReplayProcess.Moment moment;
        private final int number;
        private final UUID replay;

        Scene(ReplayProcess.Moment moment, int number) {
            this.moment = moment;
            this.number = number;
            String token = outbox.replays.dryRun(ReplayPlan.ofAggregates(Set.copyOf(KEYS))).token();
            replay = outbox.replays
                    .start(ReplayRequest.normal(token).atMost(ReplayRequest.MAX_RATE), "killed at " + this)
                    .id();
            ChildJvm process = ChildJvm.start(
                    ReplayProcess.class,
                    List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
                    schema.jdbcUrl(),
                    schema.username(),
                    schema.password(),
                    kafka.bootstrapServers(),
                    moment.name(),
                    Integer.toString(number));
            processes.add(process);
            process.awaitLine("halted at " + moment, PATIENCE);
            process.kill();
        }

        ReplayStatus status() {
            return state().status();
        }

        private Replay state() {
            return outbox.replays.find(replay).orElseThrow();
        }

        void hasSentEverything() {
            assertThat(state().sent()).isEqualTo(EVENTS);
            try (Topic delivered = new Topic(kafka.bootstrapServers(), topic).poll()) {
                Set<UUID> live = delivered.events();
                delivered
                        .records()
                        .removeIf(record -> record.headers().lastHeader("ce_replayid") == null
                                || !Topic.header(record, "ce_replayid").equals(replay.toString()));
                assertThat(delivered.events()).isEqualTo(live);
                assertThat(delivered.firstDeliveries())
                        .allSatisfy((key, seqs) -> assertThat(seqs).isSorted());
                assertThat(delivered.records().size() - EVENTS)
                        .as("what is sent twice")
                        .isBetween(moment == ReplayProcess.Moment.SAVING ? 1 : 0, repeated());
            }
        }

        private int repeated() {
            return switch (moment) {
                case CLAIMED, SAVED -> 0;
                case SENDING, SAVING -> ReplayProcess.CHUNK;
            };
        }

        @Override
        public String toString() {
            return moment + " " + number;
        }
    }
}
