package dev.outbox.spi;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as it leaves the table: bytes and names fixed when it was published; the relay knows no event classes.
 *
 * @param seq its place in the order of its aggregate
 * @param aggregateVersion null when the event has none
 * @param payload the value to send; not copied, not to be changed
 * @param headers the application's own headers
 * @param encryptionKeyId which key it takes to read the payload; null when it is not encrypted
 * @param createdAt when it was stored, by the database's clock
 */
public record OutboxRecord(
        long seq,
        UUID eventId,
        String aggregateType,
        String aggregateId,
        @Nullable Long aggregateVersion,
        String eventType,
        String topic,
        String contentType,
        @SuppressWarnings("ArrayRecordComponent") byte[] payload,
        Map<String, String> headers,
        @Nullable String encryptionKeyId,
        Instant createdAt) {

    /** The same event with other headers. */
    public OutboxRecord withHeaders(Map<String, String> headers) {
        return new OutboxRecord(
                seq,
                eventId,
                aggregateType,
                aggregateId,
                aggregateVersion,
                eventType,
                topic,
                contentType,
                payload,
                headers,
                encryptionKeyId,
                createdAt);
    }

    /** Names the event without its payload and headers, which may hold secrets. */
    @Override
    public String toString() {
        return "event %s (seq %d, %s of %s %s)".formatted(eventId, seq, eventType, aggregateType, aggregateId);
    }
}
