package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/** Records as they come from an outbox. */
public final class Events {
    private Events() {}

    static ConsumerRecord<String, byte[]> of(String aggregateId, long offset) {
        return of(UUID.randomUUID(), "Order", aggregateId, offset);
    }

    static ConsumerRecord<String, byte[]> of(UUID id, String aggregateType, String aggregateId, long offset) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>(
                "orders", 2, offset, aggregateId, Long.toString(offset).getBytes(UTF_8));
        addHeaders(record.headers(), id, aggregateType, aggregateId);
        return record;
    }

    /** Those of the wire contract. */
    public static void addHeaders(Headers headers, UUID id, String aggregateType, String aggregateId) {
        headers.add("ce_id", id.toString().getBytes(UTF_8))
                .add("ce_type", "OrderPlaced".getBytes(UTF_8))
                .add("ce_subject", aggregateId.getBytes(UTF_8))
                .add("ce_aggregatetype", aggregateType.getBytes(UTF_8))
                .add("ce_time", "2026-11-21T08:00:00.123456Z".getBytes(UTF_8));
    }

    static UUID idOf(ConsumerRecord<?, ?> record) {
        return RecordIdentity.of(record).delivery().eventId();
    }
}
