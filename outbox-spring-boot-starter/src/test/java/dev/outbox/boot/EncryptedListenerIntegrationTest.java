package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.encryption.EncryptedPayload;
import dev.outbox.encryption.EventIdentity;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.spi.KeyRing;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.kafka.annotation.KafkaListener;

/** A listener of encrypted events, whose key is missing for a while, and one of whose payloads is not what was published. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class EncryptedListenerIntegrationTest {
    record Secret(String text) {}

    /** As a key management service hands keys out: later than needed. */
    private static final class Keys implements KeyRing {
        private final Map<String, EncryptionKey> known = new ConcurrentHashMap<>();

        @Override
        public Optional<EncryptionKey> active() {
            return known.values().stream().findFirst();
        }

        @Override
        public Optional<EncryptionKey> find(String id) {
            return Optional.ofNullable(known.get(id));
        }
    }

    static final class Listener {
        private final ConcurrentLinkedQueue<String> read = new ConcurrentLinkedQueue<>();

        @KafkaListener(topics = "${topic}")
        @Inbox("secretary")
        void on(Secret secret, InboxMessage meta) {
            read.add(meta.aggregateId() + " " + secret.text());
        }
    }

    private final EncryptionKey key = new EncryptionKey("2026-11", "an AES-256 key with 32 bytes ...".getBytes(UTF_8));
    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("secrets", 1);
    private final PostgresSchema schema = TestServers.postgres().createSchema("secrets");
    private final KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(), new ByteArraySerializer());
    private final Keys consumers = new Keys();
    private final PayloadCipher publishers;

    EncryptedListenerIntegrationTest() {
        Keys ring = new Keys();
        ring.known.put(key.id(), key);
        publishers = new PayloadCipher(ring);
    }

    @AfterEach
    void close() {
        producer.close();
    }

    private ApplicationContextRunner application() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        KafkaAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxEncryptionAutoConfiguration.class,
                        OutboxInboxAutoConfiguration.class,
                        OutboxInboxListenerAutoConfiguration.class))
                .withBean(Listener.class)
                .withBean(KeyRing.class, () -> consumers)
                .withBean(AccessControl.class, () -> AccessControl.allowAll("olga"))
                .withPropertyValues(
                        "topic=" + topic,
                        "outbox.encryption.enabled=true",
                        "spring.datasource.url=" + schema.jdbcUrl(),
                        "spring.datasource.username=" + schema.username(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "outbox.inbox.retry.initial-delay=50ms",
                        "outbox.inbox.retry.max-delay=500ms",
                        "outbox.inbox.schema.initialize=true");
    }

    @Test
    void a_missing_key_is_waited_for_and_health_says_so(CapturedOutput output) {
        application().run(context -> {
            Listener listener = context.getBean(Listener.class);
            HealthIndicator health = context.getBean(HealthIndicator.class);
            assertThat(status(health)).isEqualTo(Status.UP);
            send("1", payload -> payload);
            send("2", payload -> payload);
            await().until(() -> status(health).equals(Status.DOWN));
            assertThat(String.valueOf(health.health()))
                    .contains("secretary at " + topic + "-0@0", "since", "2026-11")
                    .doesNotContain("plain text");
            // more failures than a record may have
            await().until(() -> output.getOut().split("because of an outage").length > 6);
            assertThat(listener.read).isEmpty();
            consumers.known.put(key.id(), key);
            await().untilAsserted(() -> assertThat(listener.read).containsExactly("1 plain text", "2 plain text"));
            await().until(() -> status(health).equals(Status.UP));
            assertThat(output).doesNotContain("plain text");
        });
    }

    @Test
    void a_payload_that_was_changed_is_put_aside_with_the_reason(CapturedOutput output) {
        consumers.known.put(key.id(), key);
        createDeadLetterTopic();
        application().run(context -> {
            send("1", payload -> {
                payload[payload.length - 1] ^= 1;
                return payload;
            });
            send("2", payload -> payload);
            Listener listener = context.getBean(Listener.class);
            await().untilAsserted(() -> assertThat(listener.read).containsExactly("2 plain text"));
            DeadLetters aside = context.getBean(DeadLetters.class);
            List<DeadLetter> letters = aside.list(DeadLetterFilter.of("secretary"), 0, 10);
            assertThat(letters).singleElement().satisfies(letter -> {
                assertThat(letter.key().aggregateId()).isEqualTo("1");
                assertThat(letter.attempts()).isEqualTo(1);
                assertThat(letter.error())
                        .startsWith("dev.outbox.UndecryptablePayloadException: ")
                        .contains("not those that were published");
            });
            assertThat(output).doesNotContain("plain text");
        });
    }

    private static Status status(HealthIndicator indicator) {
        Health health = (Health) indicator.health();
        return Objects.requireNonNull(health).getStatus();
    }

    private void createDeadLetterTopic() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic + ".DLT", 1, (short) 1)))
                    .all()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
    }

    private void send(String aggregateId, UnaryOperator<byte[]> onTheWay) {
        UUID id = UUID.randomUUID();
        EncryptedPayload payload = publishers.encrypt(
                new EventIdentity(id, "Told", "Order", aggregateId), "{\"text\":\"plain text\"}".getBytes(UTF_8));
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, aggregateId, onTheWay.apply(payload.envelope()));
        Map<String, String> headers = new HashMap<>();
        headers.put("ce_id", id.toString());
        headers.put("ce_type", "Told");
        headers.put("ce_subject", aggregateId);
        headers.put("ce_aggregatetype", "Order");
        headers.put("ce_time", Instant.now().toString());
        headers.put("ce_encryptionkeyid", payload.keyId());
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        producer.send(record);
    }
}
