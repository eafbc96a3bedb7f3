package dev.outbox.sample.product.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.product.domain.ProductsViewed.Viewed;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ProductsViewedTest {
    @Test
    void it_tells_of_many_products() {
        assertThat(ProductsViewed.of(new TreeMap<>(Map.of(7L, 2L, 1L, 9L))))
                .singleElement()
                .extracting(ProductsViewed::products)
                .isEqualTo(List.of(new Viewed(1, 9), new Viewed(7, 2)));
    }

    @Test
    void more_products_than_one_can_hold_are_told_of_by_several_with_ids_of_their_own() {
        TreeMap<Long, Long> views = new TreeMap<>();
        LongStream.rangeClosed(1, 2L * ProductsViewed.MOST + 1).forEach(id -> views.put(id, id));
        List<ProductsViewed> events = ProductsViewed.of(views);
        assertThat(events).extracting(event -> event.products().size()).containsExactly(500, 500, 1);
        assertThat(events).extracting(ProductsViewed::id).doesNotHaveDuplicates();
        assertThat(events.stream().flatMap(event -> event.products().stream()))
                .containsExactlyElementsOf(
                        views.keySet().stream().map(id -> new Viewed(id, id)).toList());
    }

    @Test
    void of_nothing_there_is_none() {
        assertThat(ProductsViewed.of(new TreeMap<>())).isEmpty();
    }
}
