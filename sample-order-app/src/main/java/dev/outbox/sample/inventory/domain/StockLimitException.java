package dev.outbox.sample.inventory.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** An adjustment would leave less than nothing in stock, or more than can be counted. */
public final class StockLimitException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    private StockLimitException(String code, String message) {
        super(Kind.CONFLICT, code, message);
    }

    static StockLimitException tooLow(long productId, int there, int delta) {
        return new StockLimitException(
                "STOCK_TOO_LOW",
                "Of product %d there are %d pieces; %d of them cannot go.".formatted(productId, there, -(long) delta));
    }

    static StockLimitException tooHigh(long productId, int there, int delta) {
        return new StockLimitException(
                "STOCK_TOO_HIGH",
                "Of product %d there are %d pieces; with %d more it would be more than %d."
                        .formatted(productId, there, delta, Stock.MOST));
    }
}
