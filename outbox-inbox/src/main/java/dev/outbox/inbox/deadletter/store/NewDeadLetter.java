package dev.outbox.inbox.deadletter.store;

import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.RecordPosition;
import java.util.UUID;

/** A {@link dev.outbox.inbox.DeadLetter} that is to be added. */
public record NewDeadLetter(
        String consumer,
        UUID eventId,
        EventKey key,
        String eventType,
        RecordPosition source,
        RecordPosition copy,
        int attempts,
        String error) {}
