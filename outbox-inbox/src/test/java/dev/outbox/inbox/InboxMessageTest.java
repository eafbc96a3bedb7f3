package dev.outbox.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

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

    static ConsumerRecord<String, byte[]> record(UUID eventId) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("orders", 2, 5, "1", "secret".getBytes(UTF_8));
        record.headers()
                .add("ce_id", eventId.toString().getBytes(UTF_8))
                .add("ce_type", "OrderPlaced".getBytes(UTF_8))
                .add("ce_subject", "1".getBytes(UTF_8))
                .add("ce_aggregatetype", "Order".getBytes(UTF_8))
                .add("ce_time", "2026-11-21T08:00:00.123456Z".getBytes(UTF_8));
        return record;
    }
}
