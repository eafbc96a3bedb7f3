package dev.outbox.sample.order.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OrderTest {
    private static final Instant LATER = Instant.EPOCH.plusSeconds(60);

    private final Order order = new Order(
            42,
            List.of(new OrderItem(1, 2, new BigDecimal("3.50")), new OrderItem(7, 1, new BigDecimal("0.99"))),
            Instant.EPOCH);

    @Test
    void its_total_is_the_sum_of_its_items() {
        assertThat(order.total()).isEqualByComparingTo("7.99");
    }

    @Test
    void it_knows_the_basket_that_it_was_made_of() {
        assertThat(order.basket()).isEqualTo(new Basket(new TreeMap<>(Map.of(7L, 1, 1L, 2))));
        assertThat(order.basket()).isNotEqualTo(new Basket(new TreeMap<>(Map.of(7L, 1, 1L, 3))));
    }

    @Test
    void it_is_open_until_it_is_cancelled_once() {
        assertThat(order.closedAt()).isNull();
        assertThat(order.cancel(LATER)).isTrue();
        assertThat(order.cancel(LATER.plusSeconds(1))).isFalse();
        assertThat(order.status()).isEqualTo(OrderStatus.CANCELLED);
        assertThat(order.closedAt()).isEqualTo(LATER);
    }

    @Test
    void what_is_cancelled_cannot_be_completed() {
        order.cancel(LATER);
        assertThatThrownBy(() -> order.complete(LATER))
                .isInstanceOfSatisfying(
                        OrderClosedException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo("ORDER_ALREADY_CANCELLED"))
                .hasMessage("Order %s is cancelled already, which is final.", order.id());
        assertThat(order.status()).isEqualTo(OrderStatus.CANCELLED);
    }

    @Test
    void what_is_completed_cannot_be_cancelled() {
        assertThat(order.complete(LATER)).isTrue();
        assertThat(order.complete(LATER)).isFalse();
        assertThatThrownBy(() -> order.cancel(LATER))
                .isInstanceOfSatisfying(
                        OrderClosedException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo("ORDER_ALREADY_COMPLETED"))
                .hasMessage("Order %s is completed already, which is final.", order.id());
        assertThat(order.status()).isEqualTo(OrderStatus.COMPLETED);
    }
}
