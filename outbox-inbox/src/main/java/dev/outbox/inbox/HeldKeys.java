package dev.outbox.inbox;

import dev.outbox.inbox.store.AggregateKey;
import java.util.Set;

/** The aggregates of which an event was put aside. */
@FunctionalInterface
interface HeldKeys {
    /** Which of them the current transaction sees held. */
    Set<AggregateKey> of(String consumer, Set<AggregateKey> aggregates);
}
