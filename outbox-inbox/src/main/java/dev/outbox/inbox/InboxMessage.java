package dev.outbox.inbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * An event as a consumer sees it.
 *
 * @param eventId the same for every copy of the event
 * @param eventType the logical type
 * @param aggregateId which aggregate it tells of; events of one aggregate arrive in order
 * @param aggregateVersion null when the publisher gave none
 * @param time when it was published
 * @param headers all headers of the record, the last one of each name; not to be changed
 * @param encryptionKeyId which key it takes to read the payload; null when it is not encrypted, or no longer
 * @param payload not copied, not to be changed
 */
public record InboxMessage(
        UUID eventId,
        String eventType,
        String aggregateType,
        String aggregateId,
        @Nullable Long aggregateVersion,
        Instant time,
        Map<String, String> headers,
        @Nullable String encryptionKeyId,
        @SuppressWarnings("ArrayRecordComponent") byte[] payload,
        String topic,
        int partition,
        long offset) {

    /**
     * Reads the headers of the wire contract. An encrypted payload stays as it is.
     *
     * @throws InvalidInboxRecordException if the record has no such headers: it does not come from an outbox
     */
    public static InboxMessage of(ConsumerRecord<?, byte[]> record) {
        Map<String, String> headers = new HeaderMap(record.headers());
        try {
            String version = headers.get("ce_aggregateversion");
            return new InboxMessage(
                    UUID.fromString(required(headers, "ce_id")),
                    required(headers, "ce_type"),
                    required(headers, "ce_aggregatetype"),
                    required(headers, "ce_subject"),
                    version == null || version.isEmpty() ? null : Long.valueOf(version),
                    EventTime.parse(required(headers, "ce_time")),
                    headers,
                    headers.get("ce_encryptionkeyid"),
                    record.value() == null ? new byte[0] : record.value(),
                    record.topic(),
                    record.partition(),
                    record.offset());
        } catch (RuntimeException e) {
            throw new InvalidInboxRecordException(
                    "The record at offset %d of %s-%d is not an outbox event: %s. Send other records to other topics, or leave them out before the inbox."
                            .formatted(record.offset(), record.topic(), record.partition(), e.getMessage()),
                    e);
        }
    }

    /** The unit of order that it belongs to. */
    public EventKey key() {
        return new EventKey(aggregateType, aggregateId);
    }

    /**
     * The replay that has sent this copy.
     *
     * @return null for an event that is sent for the first time, or again by a relay that did not know it had been
     * @throws InvalidInboxRecordException if its headers are not those of the wire contract
     */
    public @Nullable InboxReplay replay() {
        return InboxReplay.of(this);
    }

    private static String required(Map<String, String> headers, String name) {
        String value = headers.get(name);
        if (value == null) throw new IllegalArgumentException("the header " + name + " is missing");
        return value;
    }

    /** The same event with its payload to be read. */
    InboxMessage decrypted(byte[] plaintext) {
        return new InboxMessage(
                eventId,
                eventType,
                aggregateType,
                aggregateId,
                aggregateVersion,
                time,
                headers,
                null,
                plaintext,
                topic,
                partition,
                offset);
    }

    /** Names the event without its payload and headers, which may hold secrets. */
    @Override
    public String toString() {
        return "event %s (%s of %s %s, %s-%d@%d)"
                .formatted(eventId, eventType, aggregateType, aggregateId, topic, partition, offset);
    }
}
