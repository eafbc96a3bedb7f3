package dev.outbox.sample.order.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.sample.inventory.domain.StockConflictException;
import dev.outbox.sample.order.domain.Basket;
import dev.outbox.sample.order.domain.OrderKey;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.springframework.dao.OptimisticLockingFailureException;

/** What is told to somebody for whom another one was faster at every try. The fakes need nothing of what they extend. */
@NullUnmarked
class StockConflictTest {
    private static final OptimisticLockingFailureException CONFLICT = new OptimisticLockingFailureException("faster");

    @Test
    void who_orders_is_told_to_send_it_again() {
        OrderPlacement placement = new OrderPlacement(null, null, null, null, null, null) {
            @Override
            public PlacedOrder place(long userId, String idempotencyKey, Basket basket) {
                throw CONFLICT;
            }
        };
        OrderHistory history = new OrderHistory(null, null, null) {
            @Override
            Optional<OrderKey> findKey(long userId, String idempotencyKey) {
                return Optional.empty();
            }
        };
        Basket basket = new Basket(new TreeMap<>(Map.of(1L, 1)));
        assertIsTold(() -> new PlaceOrder(placement, history, null).place(1, "key", basket));
    }

    @Test
    void who_cancels_is_told_to_send_it_again() {
        OrderClosing closing = new OrderClosing(null, null, null, null, null) {
            @Override
            public ClosedOrder cancel(long userId, UUID orderId) {
                throw CONFLICT;
            }
        };
        assertIsTold(() -> new CloseOrder(closing).cancel(1, UUID.randomUUID()));
    }

    private static void assertIsTold(ThrowingCallable request) {
        assertThatThrownBy(request)
                .isInstanceOfSatisfying(
                        StockConflictException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo("STOCK_CONFLICT"))
                .hasCause(CONFLICT)
                .hasMessage(
                        "Too many others are changing the stock of the same product at this moment. Send the same request again.");
    }
}
