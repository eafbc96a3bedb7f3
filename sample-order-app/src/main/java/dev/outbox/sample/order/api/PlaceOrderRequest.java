package dev.outbox.sample.order.api;

import dev.outbox.sample.order.domain.Basket;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.TreeMap;

/**
 * What to order.
 *
 * @param items a product that occurs twice counts with the sum of its quantities
 */
record PlaceOrderRequest(@NotEmpty @Size(max = 100) List<@NotNull @Valid Item> items) {
    record Item(
            @NotNull @Positive Long productId,
            @NotNull @Positive @Max(10_000) Integer quantity) {}

    Basket basket() {
        TreeMap<Long, Integer> pieces = new TreeMap<>();
        items.forEach(item -> pieces.merge(item.productId(), item.quantity(), Integer::sum));
        return new Basket(pieces);
    }
}
