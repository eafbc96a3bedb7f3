package dev.outbox.sample.mockplatform.api;

import dev.outbox.sample.mockplatform.domain.MockBehaviour;
import dev.outbox.sample.mockplatform.domain.MockMode;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** @param orderId towards the events of this order only; absent for all */
record MockModeRequest(@NotNull MockMode mode, @Nullable UUID orderId) {
    MockBehaviour behaviour() {
        return new MockBehaviour(mode, orderId);
    }
}
