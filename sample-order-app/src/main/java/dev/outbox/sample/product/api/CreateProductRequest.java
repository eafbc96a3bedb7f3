package dev.outbox.sample.product.api;

import dev.outbox.sample.inventory.domain.Stock;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;

/**
 * A product to add.
 *
 * @param sku which no other product has
 * @param stock how many pieces of it there are
 */
record CreateProductRequest(
        @NotBlank @Size(max = 64) @Pattern(regexp = PRINTABLE, message = UNPRINTABLE)
        String sku,

        @NotBlank @Size(max = 200) @Pattern(regexp = PRINTABLE, message = UNPRINTABLE)
        String name,

        @NotNull @DecimalMin("0.00") @Digits(integer = 10, fraction = 2)
        BigDecimal price,

        @NotNull @PositiveOrZero @Max(Stock.MOST) Integer stock) {
    private static final String PRINTABLE = "\\P{Cntrl}*";
    private static final String UNPRINTABLE = "must not have control characters";
}
