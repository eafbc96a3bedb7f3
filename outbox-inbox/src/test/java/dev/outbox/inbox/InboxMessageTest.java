package dev.outbox.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboxMessageTest {
    private static final UUID ID = UUID.randomUUID();

    @Test
    void reads_the_wire_contract() {
        ConsumerRecord<String, byte[]> record = record(ID);
        record.headers().add("ce_aggregateversion", "7".getBytes(UTF_8)).add("tenant", "a".getBytes(UTF_8));
        InboxMessage message = InboxMessage.of(record);
        assertThat(message.eventId()).isEqualTo(ID);
        assertThat(message.eventType()).isEqualTo("OrderPlaced");
        assertThat(message.aggregateType()).isEqualTo("Order");
        assertThat(message.aggregateId()).isEqualTo("1");
        assertThat(message.aggregateVersion()).isEqualTo(7);
        assertThat(message.time()).isEqualTo(Instant.parse("2026-11-21T08:00:00.123456Z"));
        assertThat(message.headers()).containsEntry("tenant", "a");
        assertThat(message.payload()).asString().isEqualTo("secret");
        assertThat(message.topic() + message.partition() + message.offset()).isEqualTo("orders25");
    }

    @Test
    void a_version_is_optional() {
        assertThat(InboxMessage.of(record(ID)).aggregateVersion()).isNull();
    }

    @Test
    void its_text_shows_no_payload() {
        assertThat(InboxMessage.of(record(ID)))
                .asString()
                .contains(ID.toString())
                .doesNotContain("secret");
    }

    @Test
    void a_record_of_somebody_else_is_named_with_what_is_missing() {
        assertThatThrownBy(() -> InboxMessage.of(new ConsumerRecord<>("orders", 2, 5, "1", new byte[0])))
                .isInstanceOf(InvalidInboxRecordException.class)
                .hasMessage("The record at offset 5 of orders-2 is not an outbox event: the header ce_id is missing."
                        + " Send other records to other topics, or leave them out before the inbox.");
    }

    @Test
    void of_headers_with_the_same_name_the_last_one_counts() {
        ConsumerRecord<String, byte[]> record = record(ID);
        record.headers().add("tenant", "a".getBytes(UTF_8)).add("tenant", "b".getBytes(UTF_8));
        record.headers().add("empty", null);
        Map<String, String> headers = InboxMessage.of(record).headers();
        assertThat(headers.get("tenant")).isEqualTo("b");
        assertThat(headers.get("empty")).isNull();
        assertThat(headers)
                .containsOnlyKeys("ce_id", "ce_type", "ce_subject", "ce_aggregatetype", "ce_time", "tenant")
                .containsEntry("tenant", "b")
                .doesNotContainKey("empty");
        assertThatThrownBy(() -> headers.put("tenant", "c")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void what_is_added_to_the_record_afterwards_is_not_the_events() {
        ConsumerRecord<String, byte[]> record = record(ID);
        InboxMessage message = InboxMessage.of(record);
        record.headers().add("tenant", "a".getBytes(UTF_8));
        assertThat(message.headers()).doesNotContainKey("tenant");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-21T08:00:00.123456Z",
                "2024-02-29T23:59:59.999999Z",
                "2026-11-21T08:00:00.123456789Z",
                "2026-11-21T08:00:00.120Z",
                "2026-11-21T08:00:00Z",
                "2016-12-31T23:59:60.000000Z",
                "2026-11-21T24:00:00.000000Z",
                "2026-11-21T09:00:00.123456+01:00"
            })
    void its_time_is_read_as_java_reads_it(String time) {
        assertThat(InboxMessage.of(record(ID, time)).time()).isEqualTo(Instant.parse(time));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-13-21T08:00:00.123456Z",
                "2026-02-29T08:00:00.123456Z",
                "2026-11-21T08:00:61.123456Z",
                "2026-11-21 08:00:00.123456Z",
                "2026-11-21T08:00:00.12345٦Z",
                "yesterday"
            })
    void a_time_that_is_none_is_refused(String time) {
        ConsumerRecord<String, byte[]> record = record(ID, time);
        assertThatThrownBy(() -> InboxMessage.of(record))
                .isInstanceOf(InvalidInboxRecordException.class)
                .hasMessageStartingWith("The record at offset 5 of orders-2 is not an outbox event: ");
    }

    static ConsumerRecord<String, byte[]> record(UUID eventId) {
        return record(eventId, "2026-11-21T08:00:00.123456Z");
    }

    private static ConsumerRecord<String, byte[]> record(UUID eventId, String time) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("orders", 2, 5, "1", "secret".getBytes(UTF_8));
        record.headers()
                .add("ce_id", eventId.toString().getBytes(UTF_8))
                .add("ce_type", "OrderPlaced".getBytes(UTF_8))
                .add("ce_subject", "1".getBytes(UTF_8))
                .add("ce_aggregatetype", "Order".getBytes(UTF_8))
                .add("ce_time", time.getBytes(UTF_8));
        return record;
    }
}
