package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
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
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
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
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
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
            if (meta.aggregateId().equals("failing")) throw new IllegalStateException("not " + secret.text());
            read.add(meta.aggregateId() + " " + secret.text());
        }
    }

    private static final byte[] SECRET = "an AES-256 key with 32 bytes ...".getBytes(UTF_8);
    private static final String PLAINTEXT = "plain text";
    private static final String PAYLOAD = "{\"text\":\"" + PLAINTEXT + "\"}";

    private final EncryptionKey key = new EncryptionKey("2026-11", SECRET);
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
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        PrometheusMetricsExportAutoConfiguration.class,
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
            send("1", PAYLOAD);
            send("2", PAYLOAD);
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
    void what_cannot_be_handled_is_put_aside_with_the_reason_and_without_key_and_plaintext(CapturedOutput output) {
        consumers.known.put(key.id(), key);
        createDeadLetterTopic();
        try (LogOfEverything log = new LogOfEverything(Level.INFO)) {
            application().run(context -> {
                send("changed", PAYLOAD, payload -> {
                    payload[payload.length - 1] ^= 1;
                    return payload;
                });
                send("unreadable", "\"" + PLAINTEXT + "\"");
                send("failing", PAYLOAD);
                send("fine", PAYLOAD);
                Listener listener = context.getBean(Listener.class);
                await().untilAsserted(() -> assertThat(listener.read).containsExactly("fine " + PLAINTEXT));
                List<DeadLetter> letters =
                        context.getBean(DeadLetters.class).list(DeadLetterFilter.of("secretary"), 0, 10);
                assertThat(letters)
                        .extracting(letter -> letter.key().aggregateId(), DeadLetter::attempts)
                        .containsExactly(tuple("changed", 1), tuple("unreadable", 1), tuple("failing", 4));
                assertThat(letters.get(0).error())
                        .startsWith("dev.outbox.UndecryptablePayloadException: ")
                        .contains("not those that were published");
                assertThat(letters.get(1).error()).contains("cannot be read as " + Secret.class.getName());
                assertThat(letters.get(2).error()).isEqualTo("java.lang.IllegalStateException");

                PrometheusMeterRegistry prometheus = context.getBean(PrometheusMeterRegistry.class);
                await().until(() -> prometheus
                        .scrape()
                        .contains("outbox_inbox_events_total{consumer=\"secretary\",outcome=\"handled\"} 1.0"));
                String stored = rows(context, "inbox_dead_letters") + rows(context, "inbox_events");
                assertThat(stored).contains("cannot be read as");
                String copies = copies(letters.size());
                assertThat(copies).contains("changed", "unreadable", "failing");
                Secrets.of(PLAINTEXT, SECRET).assertNotIn(letters + prometheus.scrape() + stored + copies);
            });
            assertThat(log.toString()).contains("has failed for the last time");
            Secrets.of(PLAINTEXT, SECRET).assertNotIn(log + output.getAll());
        }
    }

    private static String rows(ApplicationContext context, String table) {
        return new JdbcTemplate(context.getBean(DataSource.class))
                .queryForList("SELECT * FROM " + table)
                .toString();
    }

    /** With headers and values, as the dead-letter topic has them. */
    private String copies(int count) {
        List<String> copies = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic + ".DLT", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (copies.size() < count)
                consumer.poll(Duration.ofMillis(300)).forEach(copy -> copies.add(everything(copy)));
        }
        return copies.toString();
    }

    private static String everything(ConsumerRecord<String, byte[]> copy) {
        StringBuilder everything = new StringBuilder(copy.key()).append(new String(copy.value(), ISO_8859_1));
        for (Header header : copy.headers())
            everything.append(header.key()).append(new String(header.value(), ISO_8859_1));
        return everything.toString();
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

    private void send(String aggregateId, String payload) {
        send(aggregateId, payload, envelope -> envelope);
    }

    private void send(String aggregateId, String plaintext, UnaryOperator<byte[]> onTheWay) {
        UUID id = UUID.randomUUID();
        EncryptedPayload payload =
                publishers.encrypt(new EventIdentity(id, "Told", "Order", aggregateId), plaintext.getBytes(UTF_8));
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
