package dev.outbox.sample.inventory.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** Others have changed the same stock at the same time, more often than it was tried. */
public final class StockConflictException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public StockConflictException(Throwable lastConflict) {
        super(
                Kind.CONFLICT,
                "STOCK_CONFLICT",
                "Too many others are changing the stock of the same product at this moment. Send the same request again.");
        initCause(lastConflict);
    }
}
