package dev.outbox.sample.mockplatform.domain;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How the mock of the data platform behaves.
 *
 * @param orderId towards the events of which order; to all others it is {@link MockMode#OK}. Null for all orders
 */
public record MockBehaviour(MockMode mode, @Nullable UUID orderId) {
    /** As it should. */
    public static final MockBehaviour GOOD = new MockBehaviour(MockMode.OK, null);

    /** How it answers to an event of this order. */
    public MockMode towards(UUID order) {
        return orderId == null || orderId.equals(order) ? mode : MockMode.OK;
    }
}
