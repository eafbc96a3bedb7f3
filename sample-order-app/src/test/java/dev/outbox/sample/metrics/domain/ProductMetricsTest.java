package dev.outbox.sample.metrics.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProductMetricsTest {
    @Test
    void counts_of_a_product_add_up() {
        assertThat(Stream.of(
                                ProductMetrics.likes(7, 3),
                                ProductMetrics.likes(7, -1),
                                ProductMetrics.sales(7, 5),
                                ProductMetrics.views(7, 100),
                                ProductMetrics.soldOut(7))
                        .reduce(ProductMetrics.none(7), ProductMetrics::plus))
                .isEqualTo(new ProductMetrics(7, 2, 5, 100, 1));
    }

    @Test
    void those_of_another_product_do_not_add_to_it() {
        assertThatThrownBy(() -> ProductMetrics.likes(7, 1).plus(ProductMetrics.likes(8, 1)))
                .hasMessage("product 8 does not add to product 7");
    }
}
