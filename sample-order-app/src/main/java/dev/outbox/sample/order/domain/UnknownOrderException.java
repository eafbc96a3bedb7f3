package dev.outbox.sample.order.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;
import java.util.UUID;

/** There is no such order. */
public final class UnknownOrderException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public UnknownOrderException(UUID orderId) {
        super(Kind.NOT_FOUND, "ORDER_NOT_FOUND", "There is no order %s.".formatted(orderId));
    }
}
