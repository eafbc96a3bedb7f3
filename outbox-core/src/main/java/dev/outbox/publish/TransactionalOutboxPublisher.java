package dev.outbox.publish;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.spi.PayloadSerializer;
import dev.outbox.store.CallerTransaction;
import dev.outbox.store.EventStore;
import dev.outbox.store.NewEvent;
import java.util.UUID;

/**
 * The publisher: everything that can be wrong with an event is found here, in the caller's transaction, so that the relay only ever
 * meets rows that can be sent.
 */
public final class TransactionalOutboxPublisher implements OutboxPublisher {
    private static final String BYTES = "application/octet-stream";

    private final CallerTransaction callerTransaction;
    private final EventStore events;
    private final KeyLane keyLane;
    private final PayloadSerializer serializer;
    private final MessageLimits limits;
    private final AnnotatedEvents annotatedEvents = new AnnotatedEvents();
    private final Runnable afterCommit;

    /**
     * @param laneCount the number of rows in the lane table
     * @param afterCommit run once per transaction that published something and committed; must be quick and must not throw
     */
    public TransactionalOutboxPublisher(
            CallerTransaction callerTransaction,
            EventStore events,
            int laneCount,
            PayloadSerializer serializer,
            MessageLimits limits,
            Runnable afterCommit) {
        this.callerTransaction = callerTransaction;
        this.events = events;
        this.keyLane = new KeyLane(laneCount);
        this.serializer = serializer;
        this.limits = limits;
        this.afterCommit = afterCommit;
    }

    @Override
    public UUID publish(Object event) {
        if (event instanceof OutboxMessage message) return publish(message);
        return publish(annotatedEvents.toMessage(event));
    }

    @Override
    public UUID publish(OutboxMessage message) {
        callerTransaction.require();
        limits.checkNames(message);
        byte[] payload = bytes(message);
        limits.checkPayload(message, payload);
        UUID eventId = EventIds.next();
        events.insert(new NewEvent(
                eventId,
                keyLane.of(message.aggregateType(), message.aggregateId()),
                message,
                MessageLimits.topicOf(message),
                contentTypeOf(message),
                payload));
        callerTransaction.afterCommit(afterCommit);
        return eventId;
    }

    private byte[] bytes(OutboxMessage message) {
        if (message.payload() instanceof byte[] bytes) return bytes;
        try {
            return serializer.serialize(message.payload());
        } catch (Exception e) {
            // The serialiser's own text may quote the payload, so only its class goes into ours; the cause is there for
            // the log.
            throw new InvalidOutboxMessageException(
                    "The payload of %s (a %s) cannot be serialised: %s. Give it serialisable properties, or pass the bytes themselves."
                            .formatted(
                                    message,
                                    message.payload().getClass().getName(),
                                    e.getClass().getName()),
                    e);
        }
    }

    private String contentTypeOf(OutboxMessage message) {
        if (message.contentType() != null) return message.contentType();
        return message.payload() instanceof byte[] ? BYTES : serializer.contentType();
    }
}
