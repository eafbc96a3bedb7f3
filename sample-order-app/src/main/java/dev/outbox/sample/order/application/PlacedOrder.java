package dev.outbox.sample.order.application;

import dev.outbox.sample.order.domain.StoredOrder;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order as it stands after somebody has placed it.
 *
 * @param eventId the event that tells of it; null when the order was there before, in which case it may have been closed and archived since
 */
public record PlacedOrder(StoredOrder order, @Nullable UUID eventId) {
    /** Whether an earlier request with the same idempotency key has placed it. */
    public boolean isRepeated() {
        return eventId == null;
    }
}
