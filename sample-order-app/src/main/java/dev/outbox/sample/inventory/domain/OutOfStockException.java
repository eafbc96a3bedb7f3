package dev.outbox.sample.inventory.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** There are fewer pieces than somebody wants. */
public final class OutOfStockException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public OutOfStockException(long productId, int wanted, int there) {
        super(
                Kind.CONFLICT,
                "OUT_OF_STOCK",
                "Of product %d there are %d pieces left, not %d.".formatted(productId, there, wanted));
    }
}
