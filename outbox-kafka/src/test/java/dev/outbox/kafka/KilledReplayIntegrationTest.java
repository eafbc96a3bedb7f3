package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.DryRun;
import dev.outbox.EventStatus;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
import dev.outbox.kafka.ReplayProcess.Moment;
import dev.outbox.relay.Relay;
import dev.outbox.relay.Replayer;
import dev.outbox.store.Dialect;
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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
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
            Map.of("bootstrap.servers", kafka.bootstrapServers()), QuickRelay.SETTINGS.send(), "/test");
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

    /** All at once, each process on the replay that it gets, so that their starts overlap. Where each is killed a seed decides. */
    @TestFactory
    Stream<DynamicTest> a_replay_killed_at_any_moment_goes_on_without_gaps_and_repeats_a_chunk_at_most() {
        publish();
        Random random = new Random(20_261_127);
        Map<Moment, ChildJvm> started = new EnumMap<>(Moment.class);
        for (Moment moment : Moment.values()) {
            startReplay();
            started.put(moment, process(moment, number(moment, random)));
        }
        started.forEach((moment, process) -> {
            process.awaitLine("halted at " + moment, PATIENCE);
            process.kill();
        });
        outbox.endLeases();
        Map<Moment, UUID> replays = new EnumMap<>(Moment.class);
        for (Moment moment : Moment.values()) replays.put(moment, replayOf(moment));

        Replayer second = outbox.replayer(
                sender, QuickRelay.SETTINGS.batch(ReplayProcess.CHUNK).settings(), "second");
        second.start();
        try {
            for (UUID replay : replays.values())
                await().atMost(PATIENCE).until(() -> state(replay).status() == ReplayStatus.DONE);
        } finally {
            second.stop();
        }
        return replays.entrySet().stream()
                .map(replay -> DynamicTest.dynamicTest(
                        replay.getKey().name(), () -> assertEverythingSent(replay.getKey(), replay.getValue())));
    }

    private static int number(Moment moment, Random random) {
        return switch (moment) {
            case CLAIMED -> 1;
            case SENDING -> 1 + random.nextInt(EVENTS);
            case SAVING, SAVED -> 1 + random.nextInt(EVENTS / ReplayProcess.CHUNK - 1);
        };
    }

    private void startReplay() {
        String token =
                outbox.replays.dryRun(ReplayPlan.ofAggregates(Set.copyOf(KEYS))).token();
        outbox.replays.start(ReplayRequest.normal(token).atMost(ReplayRequest.MAX_RATE), "to be killed");
    }

    private ChildJvm process(Moment moment, int number) {
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
        return process;
    }

    private UUID replayOf(Moment moment) {
        return outbox.jdbc
                .sql("SELECT id FROM outbox_replays WHERE owner = :owner")
                .param("owner", moment.name())
                .query((row, number) -> Dialect.of(outbox.tables).id(row, "id"))
                .single();
    }

    private Replay state(UUID replay) {
        return outbox.replays.find(replay).orElseThrow();
    }

    private void assertEverythingSent(Moment killedAt, UUID replay) {
        assertThat(state(replay).sent()).isEqualTo(EVENTS);
        try (Topic delivered = new Topic(kafka.bootstrapServers(), topic).poll()) {
            Set<UUID> live = delivered.events();
            delivered
                    .records()
                    .removeIf(record -> record.headers().lastHeader("ce_replayid") == null
                            || !Topic.header(record, "ce_replayid").equals(replay.toString()));
            assertThat(delivered.events()).isEqualTo(live);
            assertThat(delivered.firstDeliveries())
                    .allSatisfy((key, seqs) -> assertThat(seqs).isSorted());
            int repeated = delivered.records().size() - EVENTS;
            switch (killedAt) {
                case CLAIMED, SAVED -> assertThat(repeated).isZero();
                case SENDING -> assertThat(repeated).isBetween(0, ReplayProcess.CHUNK);
                case SAVING -> assertThat(repeated).isEqualTo(ReplayProcess.CHUNK);
            }
        }
    }

    /** To any topic, while a process is there that would send. It has looked for something to do when it has done what comes after the dry run. */
    @Test
    void a_dry_run_sends_nothing() throws Exception {
        publish();
        Map<TopicPartition, Long> before = ends();
        assertThat(before.values().stream().mapToLong(end -> end).sum()).isGreaterThanOrEqualTo(EVENTS);
        Replayer ready = outbox.replayer(sender, QuickRelay.SETTINGS.settings(), "ready");
        ready.start();
        try {
            DryRun shown = outbox.replays.dryRun(ReplayPlan.ofPeriod(Instant.EPOCH, null));
            assertThat(shown.events()).isEqualTo(EVENTS);
            String ofNothing = outbox.replays
                    .dryRun(ReplayPlan.ofAggregates(Set.of("nobody")))
                    .token();
            UUID later = outbox.replays
                    .start(ReplayRequest.normal(ofNothing), "a test")
                    .id();
            await().atMost(PATIENCE).until(() -> state(later).status() == ReplayStatus.DONE);
        } finally {
            ready.stop();
        }
        assertThat(ends()).isEqualTo(before);
    }

    /** Where every partition of the broker ends, but for those of Kafka's own topics. */
    private Map<TopicPartition, Long> ends() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
            Set<String> topics = admin.listTopics().names().get();
            for (TopicDescription description :
                    admin.describeTopics(topics).allTopicNames().get().values()) {
                for (TopicPartitionInfo partition : description.partitions())
                    partitions.put(new TopicPartition(description.name(), partition.partition()), OffsetSpec.latest());
            }
            Map<TopicPartition, Long> ends = new HashMap<>();
            admin.listOffsets(partitions).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
            return ends;
        }
    }

    private void publish() {
        events.publish(EVENTS, KEYS);
        Relay relay = outbox.relay(sender, (event, error) -> {}, QuickRelay.SETTINGS.settings(), "relay");
        relay.start();
        await().atMost(PATIENCE).until(() -> events.count(EventStatus.PUBLISHED) == EVENTS);
        relay.stop();
    }
}
