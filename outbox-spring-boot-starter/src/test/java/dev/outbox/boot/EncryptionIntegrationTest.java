package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.outbox.EventPayload;
import dev.outbox.EventStatus;
import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPublisher;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.KeyRing;
import dev.outbox.store.EventStore;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An encrypted event on its whole way, and what is printed meanwhile. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class EncryptionIntegrationTest {
    private static final String PLAINTEXT = "pl4intext of the order";

    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("encrypted", 1);
    private final byte[] first = secret(1);
    private final byte[] second = secret(2);

    private final ApplicationContextRunner application = application();

    private ApplicationContextRunner application() {
        PostgresSchema schema = TestServers.postgres().createSchema("encryption");
        return new ApplicationContextRunner()
                .withBean(AccessControl.class, () -> AccessControl.allowAll("doris"))
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        KafkaAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        PrometheusMetricsExportAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        OutboxEncryptionAutoConfiguration.class,
                        OutboxKafkaAutoConfiguration.class,
                        OutboxRelayAutoConfiguration.class,
                        OutboxMetricsAutoConfiguration.class,
                        OutboxInboxAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.url=" + schema.jdbcUrl(),
                        "spring.datasource.username=" + schema.username(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "outbox.schema.initialize=true",
                        "outbox.inbox.schema.initialize=true");
    }

    private ApplicationContextRunner withKeys(String active, String... keys) {
        return application
                .withPropertyValues("outbox.encryption.enabled=true", "outbox.encryption.active-key-id=" + active)
                .withPropertyValues(Arrays.stream(keys)
                        .map(key -> "outbox.encryption.keys." + key)
                        .toArray(String[]::new));
    }

    private ApplicationContextRunner withFirstKey() {
        return withKeys("first", "first=" + base64(first));
    }

    @Test
    void what_is_published_is_read_by_the_inbox_and_by_nobody_in_between() {
        withFirstKey()
                .withPropertyValues("outbox.encryption.event-types.Open=false")
                .run(context -> {
                    UUID secret = publish(context, OutboxMessage.of("Order", "1", "Secret", PLAINTEXT));
                    UUID open = publish(context, OutboxMessage.of("Order", "1", "Open", PLAINTEXT));
                    UUID both = publish(
                            context,
                            OutboxMessage.of("Order", "1", "Open", PLAINTEXT).encrypted());
                    assertThat(row(context, secret)).isEqualTo("first encrypted");
                    assertThat(row(context, open)).isEqualTo("null open");
                    assertThat(row(context, both)).isEqualTo("first encrypted");

                    List<ConsumerRecord<String, byte[]>> records = records(3);
                    assertThat(records)
                            .extracting(EncryptionIntegrationTest::keyId)
                            .containsExactly("first", null, "first");
                    assertThat(records)
                            .extracting(record -> new String(record.value(), ISO_8859_1).contains(PLAINTEXT))
                            .containsExactly(false, true, false);
                    assertThat(records)
                            .allSatisfy(record -> assertThat(record.headers()
                                            .lastHeader("content-type")
                                            .value())
                                    .asString(UTF_8)
                                    .isEqualTo("application/json"));
                    for (ConsumerRecord<String, byte[]> record : records) assertHandled(context, record);
                });
    }

    @Test
    void what_an_earlier_key_has_encrypted_is_still_read_after_the_change() {
        withFirstKey().run(context -> publish(context, OutboxMessage.of("Order", "1", "Secret", PLAINTEXT)));
        withKeys("second", "first=" + base64(first), "second=" + base64(second)).run(context -> {
            publish(context, OutboxMessage.of("Order", "1", "Secret", PLAINTEXT));
            List<ConsumerRecord<String, byte[]>> records = records(2);
            assertThat(records).extracting(EncryptionIntegrationTest::keyId).containsExactly("first", "second");
            for (ConsumerRecord<String, byte[]> record : records) assertHandled(context, record);
        });
    }

    @Test
    void without_an_active_key_a_publisher_does_not_start_and_a_consumer_does() {
        ApplicationContextRunner reading = withKeys("", "first=" + base64(first));
        reading.run(
                context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(OutboxConfigurationException.class)
                        .hasMessage(
                                "Payloads are to be encrypted, but there is no active key among the keys [first]."
                                        + " Set outbox.encryption.active-key-id to one of them, or outbox.enabled=false where nothing is published."));
        reading.withPropertyValues("outbox.encryption.other-event-types=false")
                .run(context -> assertThat(context).hasNotFailed());
        reading.withPropertyValues("outbox.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(InboxProcessor.class));
    }

    @Test
    void keys_and_plaintext_are_in_nothing_that_is_printed(CapturedOutput output) {
        StringBuilder measured = new StringBuilder();
        try (LogOfEverything log = new LogOfEverything(Level.TRACE)) {
            workAndFail(measured);
            String printed = log + output.getAll();
            assertThat(printed)
                    .as("that everything is logged")
                    .contains(
                            "TRACE",
                            "INSERT INTO outbox_events",
                            "a payload of 24 bytes",
                            "changed",
                            "unknown",
                            "unseen",
                            "no start");
            assertThat(measured)
                    .as("that everything is measured")
                    .contains("outbox_relay_published_total 1.0", "outbox_inbox_events_total{", "outbox_events{");
            Secrets.of(PLAINTEXT, first, second).assertNotIn(printed + measured);
        }
    }

    private void workAndFail(StringBuilder measured) {
        Logger application = LoggerFactory.getLogger("the.application");
        AtomicReference<UUID> published = new AtomicReference<>();
        withFirstKey().run(context -> {
            UUID event = publish(context, OutboxMessage.of("Order", "1", "Secret", PLAINTEXT));
            published.set(event);
            EventPayload seen =
                    operations(context).payload(event, "ticket 4711").orElseThrow();
            assertThat(seen.bytes()).asString(UTF_8).isEqualTo("\"" + PLAINTEXT + "\"");
            application.trace("{}", seen);
            ConsumerRecord<String, byte[]> record = records(1).get(0);
            assertHandled(context, record);
            application.trace("{} {}", context.getBean(KeyRing.class), context.getBean(EncryptionProperties.class));
            record.value()[record.value().length - 1] ^= 1;
            Throwable changed = catchThrowable(() -> handle(context, "another", record));
            assertThat(changed).isInstanceOf(UndecryptablePayloadException.class);
            application.error("changed", changed);
            PrometheusMeterRegistry prometheus = context.getBean(PrometheusMeterRegistry.class);
            await().until(() -> prometheus.scrape().contains("outbox_relay_published_total 1.0"));
            measured.append(prometheus.scrape());
        });
        withKeys("second", "second=" + base64(second)).run(context -> {
            Throwable unknown =
                    catchThrowable(() -> handle(context, "another", records(1).get(0)));
            assertThat(unknown).isInstanceOf(MissingEncryptionKeyException.class);
            application.error("unknown", unknown);
            Throwable unseen =
                    catchThrowable(() -> operations(context).payload(requireNonNull(published.get()), "ticket 4711"));
            assertThat(unseen).isInstanceOf(MissingEncryptionKeyException.class);
            application.error("unseen", unseen);
            measured.append(context.getBean(PrometheusMeterRegistry.class).scrape());
        });
        withKeys("first", "first=" + base64(first) + "?").run(context -> {
            assertThat(context).hasFailed();
            application.error("no start", context.getStartupFailure());
        });
    }

    private UUID publish(ApplicationContext context, OutboxMessage message) {
        OutboxPublisher publisher = context.getBean(OutboxPublisher.class);
        UUID event = requireNonNull(new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> publisher.publish(message.topic(topic))));
        EventStore events = context.getBean(EventStore.class);
        await().until(() -> events.find(event).orElseThrow().status() == EventStatus.PUBLISHED);
        return event;
    }

    private static OutboxOperations operations(ApplicationContext context) {
        return context.getBean(OutboxOperations.class);
    }

    private static String row(ApplicationContext context, UUID event) {
        return JdbcClient.create(context.getBean(DataSource.class))
                .sql("SELECT encryption_key_id, payload FROM outbox_events WHERE event_id = :event")
                .param("event", event)
                .query((row, number) -> row.getString("encryption_key_id")
                        + (new String(row.getBytes("payload"), ISO_8859_1).contains(PLAINTEXT)
                                ? " open"
                                : " encrypted"))
                .single();
    }

    private List<ConsumerRecord<String, byte[]>> records(int count) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (records.size() < count) consumer.poll(Duration.ofMillis(300)).forEach(records::add);
        }
        assertThat(records).hasSize(count);
        return records;
    }

    private static @Nullable String keyId(ConsumerRecord<?, ?> record) {
        Header header = record.headers().lastHeader("ce_encryptionkeyid");
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static void assertHandled(ApplicationContext context, ConsumerRecord<?, byte[]> record) {
        assertThat(handle(context, "notification", record)).containsExactly("\"" + PLAINTEXT + "\"");
    }

    private static List<String> handle(ApplicationContext context, String consumer, ConsumerRecord<?, byte[]> record) {
        List<String> payloads = new ArrayList<>();
        context.getBean(InboxProcessor.class)
                .handle(consumer, record, message -> payloads.add(new String(message.payload(), UTF_8)));
        return payloads;
    }

    private static byte[] secret(int seed) {
        byte[] secret = new byte[32];
        new Random(seed).nextBytes(secret);
        return secret;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
