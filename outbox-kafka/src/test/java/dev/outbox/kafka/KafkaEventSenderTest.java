package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class KafkaEventSenderTest {
    private static final Map<String, Object> APPLICATION = Map.of(
            "bootstrap.servers", "127.0.0.1:1",
            "security.protocol", "PLAINTEXT",
            "value.serializer", StringSerializer.class,
            "acks", "1",
            "enable.idempotence", "false",
            "transactional.id", "mine",
            "partitioner.class", "com.example.Mine",
            "partitioner.ignore.keys", "true");

    @Test
    void takes_the_applications_brokers_and_security() {
        assertThat(KafkaEventSender.settings(APPLICATION, Duration.ofSeconds(30)))
                .containsEntry("bootstrap.servers", "127.0.0.1:1")
                .containsEntry("security.protocol", "PLAINTEXT");
    }

    @Test
    void enforces_what_the_guarantees_need() {
        assertThat(KafkaEventSender.settings(APPLICATION, Duration.ofSeconds(30)))
                .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
                .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
                .containsEntry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class)
                .containsEntry(ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG, false)
                .doesNotContainKeys(ProducerConfig.TRANSACTIONAL_ID_CONFIG, ProducerConfig.PARTITIONER_CLASS_CONFIG);
    }

    @Test
    void sends_a_wave_in_few_requests_unless_the_application_has_other_wishes() {
        assertThat(KafkaEventSender.settings(APPLICATION, Duration.ofSeconds(30)))
                .containsEntry(ProducerConfig.BATCH_SIZE_CONFIG, 65_536)
                .containsEntry(ProducerConfig.LINGER_MS_CONFIG, 1L);
        assertThat(KafkaEventSender.settings(Map.of("batch.size", 1_000), Duration.ofSeconds(30)))
                .containsEntry(ProducerConfig.BATCH_SIZE_CONFIG, 1_000);
    }

    @Test
    void gives_up_before_the_relay_does() {
        ProducerConfig settings = new ProducerConfig(KafkaEventSender.settings(APPLICATION, Duration.ofSeconds(30)));
        long block = settings.getLong(ProducerConfig.MAX_BLOCK_MS_CONFIG);
        int delivery = settings.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
        assertThat(block + delivery).isLessThan(30_000);
    }

    @Test
    void kafka_accepts_the_settings() {
        new KafkaProducer<>(KafkaEventSender.settings(APPLICATION, Duration.ofMillis(300))).close(Duration.ZERO);
    }

    @Test
    void settings_that_kafka_refuses_are_named() {
        assertThatThrownBy(() -> KafkaEventSender.create(
                        Map.of("bootstrap.servers", "no.such.host.invalid:9092"), Duration.ofSeconds(30), "/test"))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "The outbox cannot create its Kafka producer: No resolvable bootstrap urls given in bootstrap.servers."
                                + " Correct the settings of the brokers (spring.kafka.*).");
    }
}
