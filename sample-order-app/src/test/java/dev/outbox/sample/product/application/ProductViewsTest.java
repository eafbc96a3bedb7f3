package dev.outbox.sample.product.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;

/** The fake needs nothing of what it extends. */
@ExtendWith(OutputCaptureExtension.class)
class ProductViewsTest {
    private final Published published = new Published();
    private final ProductViews views = new ProductViews(published);

    @NullUnmarked
    private static final class Published extends ViewPublishing {
        private final List<Map<Long, Long>> batches = new ArrayList<>();
        private Runnable before = () -> {};

        Published() {
            super(null);
        }

        @Override
        public void publish(SortedMap<Long, Long> views) {
            before.run();
            batches.add(views);
        }
    }

    @Test
    void views_of_many_products_are_published_together_and_once() {
        views.count(7);
        views.count(1);
        views.count(7);
        assertThat(views.flush()).isZero();
        assertThat(views.flush()).isZero();
        assertThat(published.batches).containsExactly(Map.of(7L, 2L, 1L, 1L));
    }

    @Test
    void where_nothing_was_viewed_nothing_is_published() {
        views.flush();
        assertThat(published.batches).isEmpty();
    }

    @Test
    void what_cannot_be_published_stays_counted_with_what_is_viewed_meanwhile_and_an_outage_is_logged_once(
            CapturedOutput log) {
        views.count(7);
        views.count(1);
        published.before = () -> {
            views.count(7);
            throw new DataAccessResourceFailureException("no database");
        };
        assertThat(views.flush()).isEqualTo(3);
        assertThat(views.flush()).isEqualTo(4);
        published.before = () -> {};
        assertThat(views.flush()).isZero();
        assertThat(published.batches).containsExactly(Map.of(7L, 3L, 1L, 1L));
        assertThat(log.getOut().split("Views of products cannot be stored. They are kept and stored later: ", -1))
                .hasSize(2);
        assertThat(log.getOut().split("Views of products are stored again.", -1))
                .hasSize(2);
    }

    @Test
    void what_is_viewed_while_others_are_published_comes_the_next_time() {
        views.count(7);
        published.before = () -> views.count(7);
        views.flush();
        published.before = () -> {};
        views.flush();
        assertThat(published.batches).containsExactly(Map.of(7L, 1L), Map.of(7L, 1L));
    }
}
