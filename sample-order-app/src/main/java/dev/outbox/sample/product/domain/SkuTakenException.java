package dev.outbox.sample.product.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;

/** Another product has this SKU. */
public final class SkuTakenException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    public SkuTakenException(String sku) {
        super(Kind.CONFLICT, "SKU_TAKEN", "There is a product with the SKU '%s' already.".formatted(sku));
    }
}
