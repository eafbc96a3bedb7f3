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
    private final Order order = new Order(
            1,
            "key",
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
    void a_basket_has_at_least_one_piece_of_each_product() {
        assertThatThrownBy(() -> new Basket(new TreeMap<>())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Basket(new TreeMap<>(Map.of(1L, 0)))).isInstanceOf(IllegalArgumentException.class);
    }
}
