package dev.outbox;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event put together by hand. Immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * OutboxMessage.of("Order", orderId, "OrderPlaced", body).version(7).header("tenant", "a")
 * }</pre>
 *
 * <p>Nothing is checked here; {@link OutboxPublisher#publish(OutboxMessage)} checks every field and names the one that is wrong.
 */
public final class OutboxMessage {
    private final String aggregateType;
    private final String aggregateId;
    private final String eventType;
    private final Object payload;
    private final @Nullable Long aggregateVersion;
    private final @Nullable String topic;
    private final @Nullable String contentType;
    private final Map<String, String> headers;
    private final boolean encrypted;

    private OutboxMessage(
            String aggregateType,
            String aggregateId,
            String eventType,
            Object payload,
            @Nullable Long aggregateVersion,
            @Nullable String topic,
            @Nullable String contentType,
            Map<String, String> headers,
            boolean encrypted) {
        this.aggregateType = aggregateType;
        this.aggregateId = aggregateId;
        this.eventType = eventType;
        this.payload = payload;
        this.aggregateVersion = aggregateVersion;
        this.topic = topic;
        this.contentType = contentType;
        this.headers = headers;
        this.encrypted = encrypted;
    }

    /**
     * A message without version, headers or a topic of its own.
     *
     * @param aggregateType the kind of aggregate, at most 100 characters; {@code outbox.DeadLetter} is the outbox's own
     * @param aggregateId which one, at most 200 characters; also the key of the Kafka record
     * @param eventType the logical type that consumers see, at most 200 characters
     * @param payload bytes are sent as they are; anything else is serialised when the message is published
     */
    public static OutboxMessage of(String aggregateType, String aggregateId, String eventType, Object payload) {
        return new OutboxMessage(aggregateType, aggregateId, eventType, payload, null, null, null, Map.of(), false);
    }

    /** The version of the aggregate after the change that this event tells of; consumers use it to ignore older state. */
    public OutboxMessage version(long version) {
        return new OutboxMessage(
                aggregateType, aggregateId, eventType, payload, version, topic, contentType, headers, encrypted);
    }

    /**
     * Sends this event to {@code topic} instead of the one that is configured for its aggregate type. All events of an aggregate type have to go to the same
     * topic: one aggregate in two topics has no order.
     */
    public OutboxMessage topic(String topic) {
        return new OutboxMessage(
                aggregateType,
                aggregateId,
                eventType,
                payload,
                aggregateVersion,
                topic,
                contentType,
                headers,
                encrypted);
    }

    /** Names the media type of a payload that is given as bytes; the default for those is {@code application/octet-stream}. */
    public OutboxMessage contentType(String contentType) {
        return new OutboxMessage(
                aggregateType,
                aggregateId,
                eventType,
                payload,
                aggregateVersion,
                topic,
                contentType,
                headers,
                encrypted);
    }

    /**
     * Adds a header that travels with the event, or replaces the one of that name. Names starting with {@code ce_} and {@code content-type} are reserved.
     */
    public OutboxMessage header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new OutboxMessage(
                aggregateType,
                aggregateId,
                eventType,
                payload,
                aggregateVersion,
                topic,
                contentType,
                Collections.unmodifiableMap(more),
                encrypted);
    }

    /**
     * Says that the payload has to be encrypted, whatever is configured for its event type. Where encryption is off the event is refused. Names and
     * headers are never encrypted.
     */
    public OutboxMessage encrypted() {
        return new OutboxMessage(
                aggregateType, aggregateId, eventType, payload, aggregateVersion, topic, contentType, headers, true);
    }

    public String aggregateType() {
        return aggregateType;
    }

    public String aggregateId() {
        return aggregateId;
    }

    public String eventType() {
        return eventType;
    }

    public Object payload() {
        return payload;
    }

    /** The version, or null when the message has none. */
    public @Nullable Long aggregateVersion() {
        return aggregateVersion;
    }

    /** The topic asked for, or null for the default. */
    public @Nullable String topic() {
        return topic;
    }

    /** The media type asked for, or null for the default. */
    public @Nullable String contentType() {
        return contentType;
    }

    /** Headers in the order in which they were added; unmodifiable. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Whether the payload has to be encrypted; false leaves it to the configuration. */
    public boolean isEncrypted() {
        return encrypted;
    }

    /** Names the event without its payload and headers, which may hold secrets. */
    @Override
    public String toString() {
        return "OutboxMessage[%s of %s %s]".formatted(eventType, aggregateType, aggregateId);
    }
}
