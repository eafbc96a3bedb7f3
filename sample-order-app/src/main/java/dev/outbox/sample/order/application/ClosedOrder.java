package dev.outbox.sample.order.application;

import dev.outbox.sample.order.domain.StoredOrder;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order as it stands after somebody has cancelled or completed it.
 *
 * @param eventId the event that tells of it; null when that was done before
 */
public record ClosedOrder(StoredOrder order, @Nullable UUID eventId) {
    /** Whether an earlier request has done it. */
    public boolean isRepeated() {
        return eventId == null;
    }
}
