package dev.outbox.store;

import java.util.List;
import java.util.Set;

/** Tells retention which finished events are still needed, by a replay that has not sent them yet for instance. Has to be thread-safe. */
@FunctionalInterface
public interface EventsInUse {
    /** Nothing needs a finished event. */
    EventsInUse NONE = seqs -> Set.of();

    /**
     * Those of some sequences that must stay in the table where they are. Asked in the transaction that is about to delete or move the others, on its
     * connection, so that what is locked here stays locked until they are gone; and asked again in each run.
     *
     * @param seqs of finished events, in order
     */
    Set<Long> among(List<Long> seqs);
}
