package dev.outbox.publish;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxMessage;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a message may look like. Lengths of names are those of the table's columns, counted in characters.
 *
 * @param maxPayloadBytes the largest payload in bytes, as it is stored; has to leave room for key and headers below the producer's {@code max.request.size}
 */
public record MessageLimits(int maxPayloadBytes) {
    /** One record below Kafka's default limits of 1 MiB, with room for the key and the largest headers. */
    public static final int DEFAULT_MAX_PAYLOAD_BYTES = 1_000_000;

    private static final int MAX_AGGREGATE_TYPE = 100;
    private static final int MAX_AGGREGATE_ID = 200;
    private static final int MAX_EVENT_TYPE = 200;
    private static final int MAX_CONTENT_TYPE = 100;
    private static final int MAX_HEADER_NAME = 100;
    private static final int MAX_HEADERS = 16_384;

    public MessageLimits {
        if (maxPayloadBytes < 1) throw new IllegalArgumentException("maxPayloadBytes has to be positive");
    }

    void checkNames(OutboxMessage message) {
        name(message, "aggregateType", message.aggregateType(), MAX_AGGREGATE_TYPE);
        if (message.aggregateType().equals(QuarantineTopic.AGGREGATE_TYPE)) {
            throw invalid(message, "aggregateType", "is reserved for dead letters; choose another name");
        }
        name(message, "aggregateId", message.aggregateId(), MAX_AGGREGATE_ID);
        name(message, "eventType", message.eventType(), MAX_EVENT_TYPE);
        if (message.contentType() != null) checkContentType(message, message.contentType());
        checkHeaders(message);
        if (message.payload() == null) throw invalid(message, "payload", "is null; give the event a body");
    }

    private static void checkContentType(OutboxMessage message, String contentType) {
        name(message, "contentType", contentType, MAX_CONTENT_TYPE);
        // By this prefix CloudEvents clients tell that the value holds the whole event and not its data alone.
        if (contentType.toLowerCase(Locale.ROOT).startsWith("application/cloudevents")) {
            throw invalid(
                    message,
                    "contentType",
                    "is '%s', as if the payload were a whole CloudEvent; name the media type of the data, since the rest of the event travels in headers"
                            .formatted(contentType));
        }
    }

    private static void checkHeaders(OutboxMessage message) {
        int size = 0;
        for (Map.Entry<String, @Nullable String> header : message.headers().entrySet()) {
            String field = "header '" + header.getKey() + "'";
            String value = header.getValue();
            name(message, "header name", header.getKey(), MAX_HEADER_NAME);
            if (isReserved(header.getKey())) throw invalid(message, field, "is reserved; choose another name");
            if (value == null) throw invalid(message, field, "is null; leave it out instead");
            size += header.getKey().length() + value.length();
        }
        if (size > MAX_HEADERS) {
            throw invalid(
                    message, "headers", "are %d characters long; at most %d are allowed".formatted(size, MAX_HEADERS));
        }
    }

    private static boolean isReserved(String headerName) {
        String lower = headerName.toLowerCase(Locale.ROOT);
        return lower.startsWith("ce_") || lower.equals("content-type");
    }

    /** Whether the outbox itself may add a header to a message that was checked: one that is not there, under the rules for the application's. */
    static boolean haveRoomFor(String name, String value, OutboxMessage message) {
        int size = name.length() + value.length();
        for (Map.Entry<String, String> header : message.headers().entrySet()) {
            size += header.getKey().length() + header.getValue().length();
        }
        return size <= MAX_HEADERS
                && name.length() <= MAX_HEADER_NAME
                && !isReserved(name)
                && !message.headers().containsKey(name);
    }

    void checkPayload(OutboxMessage message, int bytes) {
        if (bytes > maxPayloadBytes) throw tooLong(message, "%d bytes long".formatted(bytes));
    }

    void checkEncrypted(OutboxMessage message, int bytes, int encryptedBytes) {
        if (encryptedBytes > maxPayloadBytes) {
            throw tooLong(message, "%d bytes long, %d when it is encrypted".formatted(bytes, encryptedBytes));
        }
    }

    private InvalidOutboxMessageException tooLong(OutboxMessage message, String length) {
        return invalid(
                message,
                "payload",
                "is %s; at most %d are allowed (outbox.publish.max-payload-size). Publish a reference to large data instead"
                        .formatted(length, maxPayloadBytes));
    }

    private static void name(OutboxMessage message, String field, @Nullable String value, int limit) {
        if (value == null) throw invalid(message, field, "is null");
        if (value.isBlank()) throw invalid(message, field, "is empty");
        if (value.length() > limit) {
            throw invalid(
                    message, field, "is %d characters long; at most %d are allowed".formatted(value.length(), limit));
        }
        // what CloudEvents allows in the attributes that these names become
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw invalid(message, field, "contains a control character, such as a line break; leave it out");
        }
    }

    static InvalidOutboxMessageException invalid(OutboxMessage message, String field, String problem) {
        return new InvalidOutboxMessageException("The %s of an event %s.".formatted(field, problem)
                + " It was to be published as event type '%s' of aggregate type '%s'."
                        .formatted(shortened(message.eventType()), shortened(message.aggregateType())));
    }

    private static String shortened(@Nullable String name) {
        return name == null ? "null" : name.length() <= 40 ? name : name.substring(0, 40) + "…";
    }
}
