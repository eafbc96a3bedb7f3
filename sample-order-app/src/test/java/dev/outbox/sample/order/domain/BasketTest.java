package dev.outbox.sample.order.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BasketTest {
    @Test
    void it_has_at_least_one_piece_of_each_product() {
        assertThatThrownBy(() -> basket(Map.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> basket(Map.of(1L, 0))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void its_fingerprint_tells_it_from_all_others() {
        String fingerprint = basket(Map.of(1L, 2, 7L, 1)).fingerprint();
        // kept in databases: it must stay the same in all versions of the application
        assertThat(fingerprint).isEqualTo("aff8f8179b24c404125de103b621108aced95a492c8e286265f962d8fdc9f556");
        assertThat(basket(Map.of(7L, 1, 1L, 2)).fingerprint()).isEqualTo(fingerprint);
        assertThat(basket(Map.of(1L, 2)).fingerprint()).isNotEqualTo(fingerprint);
        assertThat(basket(Map.of(1L, 1, 7L, 2)).fingerprint()).isNotEqualTo(fingerprint);
        assertThat(basket(Map.of(12L, 7, 1L, 1)).fingerprint())
                .isNotEqualTo(basket(Map.of(1L, 27, 11L, 1)).fingerprint());
    }

    private static Basket basket(Map<Long, Integer> pieces) {
        return new Basket(new TreeMap<>(pieces));
    }
}
