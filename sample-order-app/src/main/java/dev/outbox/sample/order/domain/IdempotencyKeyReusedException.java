package dev.outbox.sample.order.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;
import java.util.UUID;

/** An idempotency key came with something else than the first time. */
public final class IdempotencyKeyReusedException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public IdempotencyKeyReusedException(UUID orderId) {
        super(
                Kind.CONFLICT,
                "IDEMPOTENCY_KEY_REUSED",
                "This Idempotency-Key belongs to order %s, which has other items. Use a new key for a new order."
                        .formatted(orderId));
    }
}
