package dev.outbox.sample.product.api;

import dev.outbox.sample.inventory.domain.Stock;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/**
 * A change of stock.
 *
 * @param delta pieces that come in addition, such as 10, or that go, such as -3
 */
record AdjustStockRequest(
        @NotNull @Min(-Stock.MOST) @Max(Stock.MOST) Integer delta) {}
