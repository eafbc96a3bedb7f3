package dev.outbox.publish;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.encryption.EncryptedPayload;
import dev.outbox.encryption.EventIdentity;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.spi.PayloadFormat;
import dev.outbox.spi.PayloadFormatException;
import dev.outbox.store.CallerTransaction;
import dev.outbox.store.EventStore;
import dev.outbox.store.NewEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The publisher: everything that can be wrong with an event is found here, in the caller's transaction, so that the relay only ever
 * meets rows that can be sent.
 */
public final class TransactionalOutboxPublisher implements OutboxPublisher {
    private static final String BYTES = "application/octet-stream";

    private final CallerTransaction callerTransaction;
    private final EventStore store;
    private final KeyLane keyLane;
    private final PayloadFormat format;
    private final PublishRules rules;
    private final AnnotatedEvents annotatedEvents = new AnnotatedEvents();
    private final Runnable afterCommit;

    /**
     * @param laneCount the number of rows in the lane table
     * @param afterCommit run once per transaction that published something and committed; must be quick and must not throw
     */
    public TransactionalOutboxPublisher(
            CallerTransaction callerTransaction,
            EventStore store,
            int laneCount,
            PayloadFormat format,
            PublishRules rules,
            Runnable afterCommit) {
        this.callerTransaction = callerTransaction;
        this.store = store;
        this.keyLane = new KeyLane(laneCount);
        this.format = format;
        this.rules = rules;
        this.afterCommit = afterCommit;
    }

    @Override
    public UUID publish(Object event) {
        return publishAll(Collections.singletonList(event)).get(0);
    }

    @Override
    public UUID publish(OutboxMessage message) {
        return publish((Object) message);
    }

    @Override
    public List<UUID> publishAll(Collection<?> events) {
        callerTransaction.require();
        if (events.isEmpty()) return List.of();
        List<OutboxMessage> messages = new ArrayList<>(events.size());
        for (Object event : events) messages.add(message(event));
        return rules.tracing().publish(messages, trace -> store(messages, trace));
    }

    private OutboxMessage message(Object event) {
        OutboxMessage message = event instanceof OutboxMessage given ? given : annotatedEvents.toMessage(event);
        rules.limits().checkNames(message);
        return message;
    }

    private List<UUID> store(List<OutboxMessage> messages, Map<String, String> trace) {
        ContextHeaders context = ContextHeaders.of(trace, rules.requestIds());
        List<NewEvent> rows = new ArrayList<>(messages.size());
        for (OutboxMessage message : messages) rows.add(row(context.addTo(message)));
        store.insert(rows);
        callerTransaction.afterCommit(afterCommit);
        return rows.stream().map(NewEvent::eventId).toList();
    }

    private NewEvent row(OutboxMessage message) {
        String topic = rules.routing().topicOf(message);
        PayloadCipher cipher = rules.encryption().cipherFor(message);
        byte[] payload = bytes(message);
        rules.limits().checkPayload(message, payload.length);
        UUID id = EventIds.next();
        if (cipher == null) return row(id, message, topic, payload, null);
        EncryptedPayload encrypted = cipher.encrypt(
                new EventIdentity(id, message.eventType(), message.aggregateType(), message.aggregateId()), payload);
        rules.limits().checkEncrypted(message, payload.length, encrypted.envelope().length);
        return row(id, message, topic, encrypted.envelope(), encrypted.keyId());
    }

    private NewEvent row(
            UUID id, OutboxMessage message, String topic, byte[] payload, @Nullable String encryptionKeyId) {
        return new NewEvent(
                id,
                keyLane.of(message.aggregateType(), message.aggregateId()),
                message,
                topic,
                contentTypeOf(message),
                payload,
                encryptionKeyId);
    }

    private byte[] bytes(OutboxMessage message) {
        if (message.payload() instanceof byte[] bytes) return bytes;
        try {
            return format.serialize(message.payload());
        } catch (PayloadFormatException e) {
            throw unserialisable(message, e.getMessage(), e);
        } catch (Exception e) {
            // Its text may quote the payload, so only its class goes into ours; the cause is there for the log.
            throw unserialisable(message, e.getClass().getName(), e);
        }
    }

    private static InvalidOutboxMessageException unserialisable(
            OutboxMessage message, @Nullable String problem, Exception cause) {
        return new InvalidOutboxMessageException(
                "The payload of %s (a %s) cannot be serialised: %s. Give it serialisable properties, or pass the bytes themselves."
                        .formatted(message, message.payload().getClass().getName(), problem),
                cause);
    }

    private String contentTypeOf(OutboxMessage message) {
        if (message.contentType() != null) return message.contentType();
        return message.payload() instanceof byte[] ? BYTES : format.contentType();
    }
}
