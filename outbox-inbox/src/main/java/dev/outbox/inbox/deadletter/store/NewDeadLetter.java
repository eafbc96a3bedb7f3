package dev.outbox.inbox.deadletter.store;

import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.RecordPosition;
import dev.outbox.inbox.store.Delivery;

/** A {@link dev.outbox.inbox.DeadLetter} that is to be added. */
public record NewDeadLetter(
        String consumer,
        Delivery delivery,
        EventKey key,
        String eventType,
        RecordPosition source,
        RecordPosition copy,
        int attempts,
        String error) {}
