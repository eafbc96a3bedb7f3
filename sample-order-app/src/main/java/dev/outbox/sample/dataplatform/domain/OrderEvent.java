package dev.outbox.sample.dataplatform.domain;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event of an order, for the data platform.
 *
 * @param id the same whenever it comes, so that the data platform can tell a copy
 * @param orderVersion greater in a later event of the order; null if the event has none
 * @param time when it was published
 * @param payload JSON, as it was published
 */
public record OrderEvent(
        UUID id, String type, UUID orderId, @Nullable Long orderVersion, Instant time, String payload) {
    /** Without the payload, which is nobody's business in a log. */
    @Override
    public String toString() {
        return "event %s (%s of order %s)".formatted(id, type, orderId);
    }
}
