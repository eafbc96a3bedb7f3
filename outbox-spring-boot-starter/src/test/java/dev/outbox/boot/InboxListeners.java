package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxEvent;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Listeners with {@code @Inbox} in an application, on PostgreSQL and Kafka, without a relay unless a test adds one. */
@Timeout(120)
abstract class InboxListeners {
    @OutboxEvent(type = "OrderPlaced", aggregate = "Order", key = "id")
    record OrderPlaced(String id, List<Map<String, Integer>> lines) {}

    @OutboxEvent(type = "OrderCancelled", aggregate = "Order", key = "id")
    record OrderCancelled(String id) {}

    final KafkaServer kafka = TestServers.kafka();
    final String topic;
    final PostgresSchema schema = TestServers.postgres().createSchema("inbox");
    final KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 5),
            new StringSerializer(),
            new ByteArraySerializer());

    InboxListeners() {
        this(3);
    }

    /** @param partitions of the topic */
    InboxListeners(int partitions) {
        topic = kafka.uniqueTopic("inbox", partitions);
    }

    final ApplicationContextRunner application(Class<?> listeners) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        KafkaAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxInboxAutoConfiguration.class,
                        OutboxInboxListenerAutoConfiguration.class))
                .withUserConfiguration(listeners)
                .withPropertyValues(
                        "topic=" + topic,
                        "spring.datasource.url=" + schema.jdbcUrl(),
                        "spring.datasource.username=" + schema.username(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "spring.kafka.consumer.value-deserializer=org.apache.kafka.common.serialization.StringDeserializer",
                        "outbox.inbox.retry.initial-delay=50ms",
                        "outbox.inbox.schema.initialize=true");
    }

    @AfterEach
    void close() {
        producer.close();
    }

    /** What listeners have taken, in one table with their changes: {@code taken(what)}. */
    static final class Taken {
        final JdbcTemplate jdbc;

        Taken(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
            jdbc.execute("CREATE TABLE IF NOT EXISTS taken (n bigserial, what text)");
        }

        void add(String what) {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isTrue();
            jdbc.update("INSERT INTO taken (what) VALUES (?)", what);
        }

        List<String> all() {
            return jdbc.queryForList("SELECT what FROM taken ORDER BY n", String.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Tables {
        @Bean
        Taken taken(javax.sql.DataSource dataSource) {
            return new Taken(new JdbcTemplate(dataSource));
        }
    }

    final UUID send(String key, String type, String payload) {
        UUID id = UUID.randomUUID();
        send(id, key, type, payload);
        return id;
    }

    final void send(UUID id, String key, String type, String payload) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, payload.getBytes(UTF_8));
        Map.of(
                        "ce_id",
                        id.toString(),
                        "ce_type",
                        type,
                        "ce_subject",
                        key,
                        "ce_aggregatetype",
                        "Order",
                        "ce_time",
                        Instant.now().toString(),
                        "tenant",
                        "t")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        producer.send(record);
    }
}
