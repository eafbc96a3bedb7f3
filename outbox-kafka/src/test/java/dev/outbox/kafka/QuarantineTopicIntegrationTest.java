package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Events that a real broker refuses for good, and the topic that is told of them. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
@Timeout(120)
class QuarantineTopicIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the topic of the events takes, and what it refuses. */
    private static final String LIMIT = "5000";

    private static final int SMALL = 10;
    private static final int TOO_LARGE = 20_000;

    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("small", 1, Map.of("max.message.bytes", LIMIT));
    private final TestDatabase database;
    private final List<UUID> quarantined = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> resources = new ArrayList<>();

    QuarantineTopicIntegrationTest(TestDatabase database) {
        this.database = database;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : resources) resource.close();
    }

    /** Its followers wait, and the dead letter does not. */
    @Test
    void an_event_that_is_refused_for_good_is_told_of_each_time_and_the_record_has_its_key() {
        String dead = kafka.uniqueTopic("dead", 3);
        Outbox outbox = new Outbox(database.createSchema("dead")).withDeadLetters(dead);
        relay(outbox);
        UUID refused = publish(outbox, "A", TOO_LARGE);
        UUID behind = publish(outbox, "A", SMALL);
        awaitRecords(dead, 1);
        assertThat(status(outbox, refused)).isEqualTo(EventStatus.QUARANTINED);
        await().atMost(PATIENCE).until(() -> status(outbox, behind) == EventStatus.BLOCKED);

        assertThat(outbox.operations.approve(refused, "a test")).isTrue();
        awaitRecords(dead, 2);
        assertThat(outbox.operations.discard(refused, "a test")).isTrue();
        await().atMost(PATIENCE).until(() -> status(outbox, behind) == EventStatus.PUBLISHED);
        try (Topic told = new Topic(kafka.bootstrapServers(), dead).poll()) {
            assertThat(told.events()).hasSize(2);
            assertThat(told.records()).hasSize(2).allSatisfy(record -> {
                assertThat(record.key()).isEqualTo("A");
                assertThat(Topic.header(record, "ce_type")).isEqualTo("outbox.EventQuarantined");
                assertThat(Topic.header(record, "ce_aggregatetype")).isEqualTo("outbox.DeadLetter");
                assertThat(Topic.header(record, "content-type")).isEqualTo("application/json");
                assertThat(Topic.header(record, "tenant")).isEqualTo("a");
                assertThat(value(record))
                        .contains("\"eventId\":\"" + refused + "\"", "RecordTooLargeException")
                        .hasSizeLessThan(1_000);
            });
        }
        await().atMost(PATIENCE).until(() -> quarantined.equals(List.of(refused, refused)));
    }

    @Test
    void while_the_dead_letter_topic_is_missing_dead_letters_wait_uncounted_and_nothing_else_does() {
        String missing = topic + "-dead";
        Outbox outbox = new Outbox(database.createSchema("dead")).withDeadLetters(missing);
        relay(outbox);
        List<UUID> refused = new ArrayList<>();
        for (int i = 0; i < 5; i++) refused.add(publish(outbox, "refused " + i, TOO_LARGE));
        await().atMost(PATIENCE).until(() -> quarantined.size() == 5);
        List<UUID> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) others.add(publish(outbox, "other " + i % 4, SMALL));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(others).allMatch(id -> status(outbox, id) == EventStatus.PUBLISHED));
        await().atMost(PATIENCE).until(() -> letters(outbox, EventStatus.RETRYING) > 0);
        assertThat(letters(outbox, EventStatus.PUBLISHED)).isZero();

        kafka.createTopic(missing, 1);
        awaitRecords(missing, 5);
        assertThat(outbox.jdbc
                        .sql("SELECT sum(attempts) FROM outbox_events WHERE aggregate_type = 'outbox.DeadLetter'")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(quarantined).containsExactlyInAnyOrderElementsOf(refused);
    }

    @Test
    void a_dead_letter_that_is_refused_goes_to_quarantine_and_is_followed_by_no_other() {
        String dead = kafka.uniqueTopic("dead", 1, Map.of("max.message.bytes", "200"));
        Outbox outbox = new Outbox(database.createSchema("dead")).withDeadLetters(dead);
        relay(outbox);
        UUID refused = publish(outbox, "A", TOO_LARGE);
        UUID other = publish(outbox, "B", SMALL);
        await().atMost(PATIENCE).until(() -> quarantined.size() == 2 && status(outbox, other) == EventStatus.PUBLISHED);
        assertThat(quarantined).contains(refused).doesNotContain(other);
        assertThat(outbox.jdbc
                        .sql("SELECT count(*) FROM outbox_events")
                        .query(Long.class)
                        .single())
                .isEqualTo(3);
        assertThat(letters(outbox, EventStatus.QUARANTINED)).isEqualTo(1);
    }

    /** All at once, so that their starts overlap. */
    @TestFactory
    Stream<DynamicTest> a_relay_killed_at_any_step_of_a_quarantine_tells_of_it_once_or_sends_a_copy() {
        Map<Step, Scene> scenes = new EnumMap<>(Step.class);
        for (Step step : List.of(Step.QUARANTINING, Step.QUARANTINED, Step.ACKNOWLEDGED, Step.MARKING, Step.MARKED)) {
            scenes.put(step, new Scene(step));
        }
        for (Scene scene : scenes.values()) {
            scene.process.awaitLine("halted at " + scene.step, PATIENCE);
            scene.process.kill();
        }
        return scenes.values().stream().map(scene -> DynamicTest.dynamicTest(scene.step.name(), scene::isTakenOver));
    }

    /** One event that is refused, and a process that was to tell of it. */
    private final class Scene {
        private final Step step;
        private final String dead;
        private final Outbox outbox;
        private final UUID refused;
        private final ChildJvm process;

        Scene(Step step) {
            this.step = step;
            DatabaseSchema schema = database.createSchema("dead");
            dead = kafka.uniqueTopic("dead", 1);
            outbox = new Outbox(schema).withDeadLetters(dead);
            refused = publish(outbox, "A", TOO_LARGE);
            process = ChildJvm.start(
                    RelayProcess.class,
                    List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
                    schema.jdbcUrl(),
                    schema.username(),
                    schema.password(),
                    kafka.bootstrapServers(),
                    topic,
                    "0",
                    RelayProcess.LONG_LEASE,
                    step.name(),
                    dead);
            resources.add(process);
        }

        void isTakenOver() {
            boolean committed = step != Step.QUARANTINING;
            assertThat(status(outbox, refused)).isEqualTo(committed ? EventStatus.QUARANTINED : EventStatus.PENDING);
            assertThat(letters(outbox, EventStatus.PENDING)).isEqualTo(committed && step != Step.MARKED ? 1 : 0);
            outbox.endLeases();
            relay(outbox);
            await().atMost(PATIENCE).until(() -> letters(outbox, EventStatus.PUBLISHED) == 1);
            assertThat(status(outbox, refused)).isEqualTo(EventStatus.QUARANTINED);
            try (Topic told = new Topic(kafka.bootstrapServers(), dead).poll()) {
                assertThat(told.events()).hasSize(1);
                assertThat(told.records())
                        .hasSize(copies())
                        .allSatisfy(record -> assertThat(value(record)).contains(refused.toString()));
            }
        }

        /** Two where the first was acknowledged, and its mark was not committed. */
        private int copies() {
            return step == Step.ACKNOWLEDGED || step == Step.MARKING ? 2 : 1;
        }
    }

    /** It finds out soon that a topic is missing, and waits long enough for an answer to send nothing twice. */
    private void relay(Outbox outbox) {
        RelaySettings settings = QuickRelay.SETTINGS.batch(100).attempts(3).settings();
        KafkaEventSender sender = KafkaEventSender.create(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.block.ms", 500),
                settings.timeouts().send(),
                "/test");
        Relay relay = outbox.relay(sender, (event, error) -> quarantined.add(event.eventId()), settings, "test");
        resources.add(0, sender);
        resources.add(0, relay::stop);
        relay.start();
    }

    private UUID publish(Outbox outbox, String key, int bytes) {
        return outbox.inTransaction(() -> outbox.publisher(() -> {})
                .publish(OutboxMessage.of("Order", key, "E", new byte[bytes])
                        .topic(topic)
                        .header("tenant", "a")));
    }

    private void awaitRecords(String dead, int number) {
        try (Topic told = new Topic(kafka.bootstrapServers(), dead)) {
            await().atMost(PATIENCE).until(() -> told.poll().records().size() == number);
        }
    }

    private static String value(ConsumerRecord<?, byte[]> record) {
        return new String(record.value(), UTF_8);
    }

    private static EventStatus status(Outbox outbox, UUID id) {
        return outbox.events.find(id).orElseThrow().status();
    }

    private static long letters(Outbox outbox, EventStatus status) {
        return outbox.jdbc
                .sql(
                        "SELECT count(*) FROM outbox_events WHERE aggregate_type = 'outbox.DeadLetter' AND status = :status")
                .param("status", status.name())
                .query(Long.class)
                .single();
    }
}
