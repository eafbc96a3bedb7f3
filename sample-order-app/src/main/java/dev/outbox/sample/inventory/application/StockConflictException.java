package dev.outbox.sample.inventory.application;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** Others have changed the same stock at the same time, more often than it was tried. */
public final class StockConflictException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param advice what to do now, as a sentence */
    public StockConflictException(String advice, Throwable lastConflict) {
        super(
                Kind.CONFLICT,
                "STOCK_CONFLICT",
                "Too many changes of the same stock at the same time. Nothing is changed. " + advice);
        initCause(lastConflict);
    }
}
