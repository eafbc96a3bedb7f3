package dev.outbox.sample.order.domain;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Where orders go a while after they were closed. */
public interface OrderArchive {
    Optional<ArchivedOrder> find(UUID id);

    /**
     * Moves orders with their items into the archive, those first that were closed first. Passes over orders that another transaction has locked.
     *
     * @param closedBefore open orders, and those that were closed later, stay
     * @param atMost how many
     * @return how many it were
     */
    int move(Instant closedBefore, int atMost, Instant archivedAt);
}
