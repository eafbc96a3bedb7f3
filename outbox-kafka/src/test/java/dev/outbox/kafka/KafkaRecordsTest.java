package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.spi.OutboxRecord;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaRecordsTest {
    private static final UUID ID = UUID.fromString("01999999-0000-7000-8000-000000000000");

    @Test
    void follows_the_wire_contract() {
        ProducerRecord<byte[], byte[]> record = new KafkaRecords("/shop").of(event(7L));
        assertThat(record.topic()).isEqualTo("orders");
        assertThat(record.key()).asString(UTF_8).isEqualTo("Zoë");
        assertThat(record.value()).asString(UTF_8).isEqualTo("{}");
        assertThat(record.partition()).as("the key decides").isNull();
        assertThat(headers(record))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_id", ID.toString()),
                        Map.entry("ce_type", "OrderPlaced"),
                        Map.entry("ce_source", "/shop"),
                        Map.entry("ce_subject", "Zoë"),
                        Map.entry("ce_time", "2026-11-21T08:00:00.123456Z"),
                        Map.entry("content-type", "application/json"),
                        Map.entry("ce_aggregatetype", "Order"),
                        Map.entry("ce_aggregateversion", "7"),
                        Map.entry("ce_sequence", "0000000000000000042"),
                        Map.entry("tenant", "a")));
    }

    @Test
    void leaves_out_a_version_that_is_not_there() {
        assertThat(headers(new KafkaRecords("/shop").of(event(null)))).doesNotContainKey("ce_aggregateversion");
    }

    @Test
    void names_the_key_of_an_encrypted_payload() {
        assertThat(headers(new KafkaRecords("/shop").of(event(null, "2026-11"))))
                .containsEntry("ce_encryptionkeyid", "2026-11");
    }

    @Test
    void sequences_are_in_order_as_text_as_well() {
        assertThat(sequence(9)).isLessThan(sequence(10));
        assertThat(sequence(Long.MAX_VALUE)).isEqualTo(Long.toString(Long.MAX_VALUE));
    }

    private static String sequence(long seq) {
        OutboxRecord event = event(null, null);
        return String.valueOf(headers(new KafkaRecords("/shop")
                        .of(new OutboxRecord(
                                seq,
                                event.eventId(),
                                event.aggregateType(),
                                event.aggregateId(),
                                null,
                                event.eventType(),
                                event.topic(),
                                event.contentType(),
                                event.payload(),
                                Map.of(),
                                null,
                                event.createdAt())))
                .get("ce_sequence"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/order app", "http://[shop"})
    void a_source_that_cloudevents_clients_could_not_read_is_refused(String source) {
        assertThatThrownBy(() -> new KafkaRecords(source))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage("The CloudEvents source '" + source + "' is not a URI reference. Set outbox.source to one,"
                        + " such as /order-app or https://example.com/orders, with"
                        + " spaces and the like percent-encoded.");
    }

    private static OutboxRecord event(@Nullable Long version) {
        return event(version, null);
    }

    private static OutboxRecord event(@Nullable Long version, @Nullable String encryptionKeyId) {
        return new OutboxRecord(
                42,
                ID,
                "Order",
                "Zoë",
                version,
                "OrderPlaced",
                "orders",
                "application/json",
                "{}".getBytes(UTF_8),
                Map.of("tenant", "a"),
                encryptionKeyId,
                Instant.parse("2026-11-21T08:00:00.123456Z"));
    }

    private static Map<String, String> headers(ProducerRecord<?, ?> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers;
    }
}
