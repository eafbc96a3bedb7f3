package dev.outbox.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxMessage;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.BatchMarking.DeadLetters;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Candidate;
import dev.outbox.store.NewEvent;
import java.io.StringWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Tells a topic of every event that goes to quarantine, by an event of its own without the payload, which may be the very problem. It is stored with the quarantine and
 * sent like any other event, so it is neither lost nor sent for nothing. A dead letter that goes to quarantine itself is followed by no other.
 */
public final class QuarantineTopic implements DeadLetters {
    /** The aggregate type of dead letters, which no application may use. */
    static final String AGGREGATE_TYPE = "outbox.DeadLetter";

    private static final String EVENT_TYPE = "outbox.EventQuarantined";
    private static final JsonFactory JSON = new JsonFactory();

    private final String topic;
    private final KeyLane keyLane;

    /**
     * A topic for dead letters.
     *
     * @param laneCount the number of rows in the lane table
     * @throws OutboxConfigurationException if Kafka does not take the name
     */
    public QuarantineTopic(String topic, int laneCount) {
        if (!TopicNames.isValid(topic)) {
            throw new OutboxConfigurationException(
                    "outbox.kafka.dead-letter-topic is '%s', which is no name of a topic.".formatted(topic),
                    "Choose another name, or remove the property for none: " + TopicNames.RULE + ".");
        }
        this.topic = topic;
        this.keyLane = new KeyLane(laneCount);
    }

    @Override
    public @Nullable NewEvent of(Candidate quarantined, Failure failure) {
        OutboxRecord event = quarantined.event();
        if (event.aggregateType().equals(AGGREGATE_TYPE)) return null;
        int attempts = quarantined.attempts() + (failure.counts() ? 1 : 0);
        byte[] payload = json(event, attempts, failure.error());
        OutboxMessage message = OutboxMessage.of(AGGREGATE_TYPE, event.aggregateId(), EVENT_TYPE, payload);
        for (Map.Entry<String, String> header : event.headers().entrySet()) {
            message = message.header(header.getKey(), header.getValue());
        }
        int lane = keyLane.of(AGGREGATE_TYPE, event.aggregateId());
        return new NewEvent(EventIds.next(), lane, message, topic, "application/json", payload, null);
    }

    /** By way of a string, because half a character at the end of an error that was cut is no reason to fail. */
    private static byte[] json(OutboxRecord event, int attempts, String error) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("eventId", event.eventId().toString());
            json.writeNumberProperty("sequence", event.seq());
            json.writeStringProperty("aggregateType", event.aggregateType());
            json.writeStringProperty("aggregateId", event.aggregateId());
            json.writeStringProperty("eventType", event.eventType());
            json.writeStringProperty("topic", event.topic());
            json.writeNumberProperty("attempts", attempts);
            json.writeStringProperty("lastError", error);
            json.writeEndObject();
        }
        return text.toString().getBytes(UTF_8);
    }
}
