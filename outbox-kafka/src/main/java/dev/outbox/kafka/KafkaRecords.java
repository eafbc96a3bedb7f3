package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.spi.OutboxRecord;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * The wire contract: key = aggregate id, value = payload, headers after the CloudEvents 1.0 Kafka protocol binding in binary content mode
 * (cloudevents/spec, kafka-protocol-binding.md, section 3.2), with our extensions in the same style.
 */
final class KafkaRecords {
    /** As many digits as the largest number has. */
    private static final int SEQUENCE_LENGTH = 19;

    private final byte[] source;

    /** @throws OutboxConfigurationException if {@code source} is not a URI reference: CloudEvents clients refuse to read such events */
    KafkaRecords(String source) {
        if (!isUriReference(source)) {
            throw new OutboxConfigurationException(
                    "The CloudEvents source '%s' is not a URI reference.".formatted(source),
                    "Set outbox.source to one, such as /order-app or https://example.com/orders, with spaces and the"
                            + " like percent-encoded.");
        }
        this.source = source.getBytes(UTF_8);
    }

    private static boolean isUriReference(String source) {
        try {
            return !new URI(source).toString().isEmpty();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    ProducerRecord<byte[], byte[]> of(OutboxRecord event) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(event.topic(), event.aggregateId().getBytes(UTF_8), event.payload());
        Headers headers = record.headers();
        add(headers, "ce_specversion", "1.0");
        add(headers, "ce_id", event.eventId().toString());
        add(headers, "ce_type", event.eventType());
        headers.add("ce_source", source);
        add(headers, "ce_subject", event.aggregateId());
        add(headers, "ce_time", event.createdAt().toString());
        add(headers, "content-type", event.contentType());
        add(headers, "ce_aggregatetype", event.aggregateType());
        if (event.aggregateVersion() != null) {
            add(headers, "ce_aggregateversion", event.aggregateVersion().toString());
        }
        add(headers, "ce_sequence", sequence(event.seq()));
        if (event.encryptionKeyId() != null) add(headers, "ce_encryptionkeyid", event.encryptionKeyId());
        event.headers().forEach((name, value) -> add(headers, name, value));
        return record;
    }

    /** CloudEvents' sequence extension asks for a text whose alphabetical order is the order of events. */
    private static String sequence(long seq) {
        String digits = Long.toString(seq);
        return "0".repeat(SEQUENCE_LENGTH - digits.length()) + digits;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
