package dev.outbox.sample.product.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** There is no such product. */
public final class UnknownProductException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public UnknownProductException(long productId) {
        super(Kind.NOT_FOUND, "PRODUCT_NOT_FOUND", "There is no product %d.".formatted(productId));
    }
}
