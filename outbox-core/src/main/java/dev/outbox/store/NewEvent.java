package dev.outbox.store;

import dev.outbox.OutboxMessage;
import java.util.UUID;

/**
 * A row to insert: the message with everything that is fixed when it is published.
 *
 * @param lane the hash bucket of its key
 */
public record NewEvent(
        UUID eventId,
        int lane,
        OutboxMessage message,
        String topic,
        String contentType,
        @SuppressWarnings("ArrayRecordComponent") byte[] payload) {}
