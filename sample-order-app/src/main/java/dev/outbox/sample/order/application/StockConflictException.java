package dev.outbox.sample.order.application;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** Others have changed the same stock at the same time, more often than it was tried. */
public final class StockConflictException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    StockConflictException(Throwable lastConflict) {
        super(
                Kind.CONFLICT,
                "STOCK_CONFLICT",
                "Too many orders of the same product at the same time. Send the request again with the same Idempotency-Key.");
        initCause(lastConflict);
    }
}
