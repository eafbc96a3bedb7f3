package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.spi.EventSender;
import dev.outbox.test.KafkaOptions;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real broker refuses, and a real broker that is gone. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forBrokerTests")
@Timeout(120)
class FailuresIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SEND = Duration.ofMillis(1500);

    private final Outbox outbox;
    private final List<UUID> quarantined = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> resources = new ArrayList<>();

    FailuresIntegrationTest(TestDatabase database) {
        outbox = new Outbox(database.createSchema("failures"));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : resources) resource.close();
    }

    @Test
    void an_oversized_record_goes_to_quarantine_alone_and_its_key_goes_on_after_a_decision() throws Exception {
        KafkaServer kafka = TestServers.kafka();
        String topic = kafka.uniqueTopic("small", 1, Map.of("max.message.bytes", "5000"));
        relay(kafka);
        UUID before = publish("A", topic, 10);
        UUID oversized = publish("A", topic, 20_000);
        UUID after = publish("A", topic, 10);
        UUID discarded = publish("B", topic, 20_000);
        UUID behindDiscarded = publish("B", topic, 10);
        UUID other = publish(outbox.neighbourOf("A"), topic, 10);

        awaitStatus(EventStatus.PUBLISHED, before, other);
        awaitStatus(EventStatus.QUARANTINED, oversized, discarded);
        awaitStatus(EventStatus.BLOCKED, after, behindDiscarded);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(quarantined).containsExactlyInAnyOrder(oversized, discarded));

        UUID newest = publish("A", topic, 10); // arrives while the key is held
        raiseLimit(kafka, topic, "50000");
        await().atMost(PATIENCE).until(() -> {
            outbox.operations.approve(oversized, "a test"); // again, until the broker has taken the new limit in
            return status(oversized) == EventStatus.PUBLISHED;
        });
        awaitStatus(EventStatus.PUBLISHED, after, newest);
        assertThat(outbox.operations.discard(discarded, "a test")).isTrue();
        awaitStatus(EventStatus.PUBLISHED, behindDiscarded);
        try (Topic delivered = new Topic(kafka.bootstrapServers(), topic).poll()) {
            assertThat(delivered.events()).containsSubsequence(before, oversized, after, newest);
            assertThat(delivered.events()).doesNotContain(discarded);
        }
    }

    @Test
    void a_missing_topic_stops_only_its_own_events() {
        KafkaServer kafka = TestServers.kafka();
        String topic = kafka.uniqueTopic("there", 3);
        String missing = topic + "-missing";
        relay(kafka);
        List<UUID> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) waiting.add(publish("missing " + i % 4, missing, 10));
        List<UUID> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) others.add(publish("there " + i % 4, topic, 10));
        awaitStatus(EventStatus.PUBLISHED, others.toArray(UUID[]::new));
        assertThat(waiting).noneMatch(id -> status(id) == EventStatus.PUBLISHED);

        kafka.createTopic(missing, 1);
        awaitStatus(EventStatus.PUBLISHED, waiting.toArray(UUID[]::new));
        assertThat(quarantined).isEmpty();
        assertThat(attempts()).as("attempts used").isZero();
        assertInOrder(kafka, missing);
    }

    /** Once the relay may not even see the topic, once it may see it but not write. */
    @Test
    void a_topic_that_the_relay_may_not_write_to_stops_only_its_own_events() throws Exception {
        KafkaServer kafka = KafkaServer.start(KafkaOptions.temporary()
                .withSetting("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .withSetting("allow.everyone.if.no.acl.found", "true"));
        resources.add(kafka);
        List.of("free", "hidden", "readable").forEach(topic -> kafka.createTopic(topic, 2));
        allow(kafka, "User:somebody-else", AclOperation.ALL, "hidden", "readable");
        allow(kafka, "User:ANONYMOUS", AclOperation.DESCRIBE, "readable");
        relay(kafka);
        List<UUID> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(publish("hidden " + i % 4, "hidden", 10));
            waiting.add(publish("readable " + i % 4, "readable", 10));
        }
        List<UUID> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) others.add(publish("free " + i % 4, "free", 10));
        awaitStatus(EventStatus.PUBLISHED, others.toArray(UUID[]::new));
        assertThat(waiting).noneMatch(id -> status(id) == EventStatus.PUBLISHED);

        allow(kafka, "User:ANONYMOUS", AclOperation.ALL, "hidden", "readable");
        awaitStatus(EventStatus.PUBLISHED, waiting.toArray(UUID[]::new));
        assertThat(quarantined).isEmpty();
        assertThat(attempts()).as("attempts used").isZero();
        assertInOrder(kafka, "hidden");
        assertInOrder(kafka, "readable");
    }

    @Test
    void a_broker_that_is_gone_for_longer_than_the_time_out_costs_no_attempt_and_no_order() throws Exception {
        KafkaServer kafka = KafkaServer.start();
        resources.add(kafka);
        String topic = kafka.uniqueTopic("outage", 3);
        outbox.inTransaction(() -> IntStream.range(0, 2_000)
                .mapToObj(i -> publish("key " + i % 50, topic, 200))
                .toList());
        CountDownLatch midWave = new CountDownLatch(1);
        CountDownLatch killed = new CountDownLatch(1);
        relay(new SteppedSender(sender(kafka), 200, step -> {
            if (step != Step.MID_WAVE) return;
            midWave.countDown();
            awaitUninterruptibly(killed);
        }));
        assertThat(midWave.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        kafka.kill();
        killed.countDown();
        long stuckAt = count(EventStatus.PUBLISHED);
        await().pollDelay(SEND.multipliedBy(2)).until(() -> true);
        assertThat(count(EventStatus.QUARANTINED)).isZero();
        kafka.restart();
        await().atMost(PATIENCE).until(() -> count(EventStatus.PUBLISHED) == 2_000);
        assertThat(stuckAt).isLessThan(2_000);
        assertThat(attempts()).as("attempts used").isZero();
        assertInOrder(kafka, topic);
    }

    private void relay(KafkaServer kafka) {
        relay(sender(kafka));
    }

    private KafkaEventSender sender(KafkaServer kafka) {
        KafkaEventSender sender =
                KafkaEventSender.create(Map.of("bootstrap.servers", kafka.bootstrapServers()), SEND, "/test");
        resources.add(0, sender);
        return sender;
    }

    private void relay(EventSender sender) {
        RelaySettings settings = QuickRelay.SETTINGS
                .batch(100)
                .lease(SEND.multipliedBy(2))
                .send(SEND)
                .attempts(3)
                .settings();
        Relay relay = outbox.relay(sender, (event, error) -> quarantined.add(event.eventId()), settings, "test");
        resources.add(0, relay::stop);
        relay.start();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private UUID publish(String key, String topic, int bytes) {
        TransactionalOutboxPublisher publisher = outbox.publisher(() -> {});
        return outbox.inTransaction(() -> publisher.publish(
                OutboxMessage.of("Order", key, "E", new byte[bytes]).topic(topic)));
    }

    private void awaitStatus(EventStatus status, UUID... ids) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(ids).allSatisfy(id -> assertThat(status(id)).isEqualTo(status)));
    }

    private EventStatus status(UUID id) {
        return outbox.events.find(id).orElseThrow().status();
    }

    private long count(EventStatus status) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events WHERE status = :status")
                .param("status", status.name())
                .query(Long.class)
                .single();
    }

    private long attempts() {
        return outbox.jdbc
                .sql("SELECT coalesce(sum(attempts), 0) FROM outbox_events")
                .query(Long.class)
                .single();
    }

    private static void assertInOrder(KafkaServer kafka, String topic) {
        try (Topic delivered = new Topic(kafka.bootstrapServers(), topic).poll()) {
            assertThat(delivered.firstDeliveries())
                    .allSatisfy((key, seqs) -> assertThat(seqs).isSorted());
        }
    }

    private static void raiseLimit(KafkaServer kafka, String topic, String bytes) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            AlterConfigOp limit = new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), OpType.SET);
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(limit)))
                    .all()
                    .get();
        }
    }

    /** As soon as a topic has a rule, what no rule allows is denied. */
    private static void allow(KafkaServer kafka, String principal, AclOperation operation, String... topics)
            throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createAcls(Stream.of(topics)
                            .map(topic -> new AclBinding(
                                    new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                                    new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)))
                            .toList())
                    .all()
                    .get();
        }
    }
}
