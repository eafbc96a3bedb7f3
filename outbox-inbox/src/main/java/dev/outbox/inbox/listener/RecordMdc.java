package dev.outbox.inbox.listener;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.tracing.EventMdc;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Names the event of a record in the log, as far as the record's headers tell which one it is: one that fails may be no event. */
final class RecordMdc {
    private RecordMdc() {}

    /** To be closed; null if it is no event. */
    static @Nullable EventMdc of(ConsumerRecord<?, ?> record) {
        String eventId = header(record, "ce_id");
        String aggregateId = header(record, "ce_subject");
        String requestId = header(record, EventMdc.REQUEST_ID_HEADER);
        if (eventId == null || aggregateId == null) return null;
        try {
            Map<String, String> headers = requestId == null ? Map.of() : Map.of(EventMdc.REQUEST_ID_HEADER, requestId);
            return EventMdc.of(UUID.fromString(eventId), aggregateId, headers);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }
}
