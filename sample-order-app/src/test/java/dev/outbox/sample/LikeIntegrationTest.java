package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.sample.ShopClient.Answer;
import dev.outbox.sample.product.application.Likes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** Users like products and take it back. */
class LikeIntegrationTest extends RunningShop {
    private static final String LIKED = "PRODUCT_LIKED";
    private static final String UNLIKED = "PRODUCT_UNLIKED";

    @Value("${local.server.port}")
    int port;

    @Autowired
    Likes likes;

    @Test
    void a_like_is_there_once_for_each_user_and_tells_of_itself_once() {
        long product = shop.product(1);
        ShopClient other = ShopClient.customer(port, "another@example.com");
        for (Answer answer : List.of(shop.like(product), shop.like(product), other.like(product)))
            assertThat(answer.status()).isEqualTo(204);
        assertThat(likesOf(product)).isEqualTo(2);
        assertThat(events(product, LIKED)).isEqualTo(2);
    }

    @Test
    void a_like_is_taken_back_once_and_can_be_given_again() {
        long product = shop.product(1);
        assertThat(shop.unlike(product).status()).as("there is none").isEqualTo(204);
        assertThat(events(product, UNLIKED)).isZero();
        shop.like(product);
        for (Answer answer : List.of(shop.unlike(product), shop.unlike(product)))
            assertThat(answer.status()).isEqualTo(204);
        assertThat(likesOf(product)).isZero();
        assertThat(events(product, UNLIKED)).isEqualTo(1);
        shop.like(product);
        assertThat(likesOf(product)).isEqualTo(1);
        assertThat(events(product, LIKED)).isEqualTo(2);
    }

    @Test
    void a_user_who_likes_and_takes_it_back_many_times_at_once_has_one_like_and_one_event_of_each() {
        long product = shop.product(1);
        assertThat(AtOnce.times(20, i -> shop.like(product).status())).containsOnly(204);
        assertThat(likesOf(product)).isEqualTo(1);
        assertThat(events(product, LIKED)).isEqualTo(1);
        assertThat(AtOnce.times(20, i -> shop.unlike(product).status())).containsOnly(204);
        assertThat(likesOf(product)).isZero();
        assertThat(events(product, UNLIKED)).isEqualTo(1);
    }

    @Test
    void likes_and_what_takes_them_back_at_once_leave_as_many_as_their_events_tell() {
        long product = shop.product(1);
        assertThat(AtOnce.times(20, i -> (i % 2 == 0 ? shop.like(product) : shop.unlike(product)).status()))
                .containsOnly(204);
        assertThat(likesOf(product)).isEqualTo(events(product, LIKED) - events(product, UNLIKED));
    }

    @Test
    void a_rollback_leaves_neither_like_nor_event() {
        long product = shop.product(1);
        long user = jdbc.sql("SELECT min(id) FROM users").query(Long.class).single();
        assertThatThrownBy(() -> inTransaction(() -> {
                    likes.like(user, product);
                    assertThat(likesOf(product)).isEqualTo(1);
                    assertThat(events(product, LIKED)).isEqualTo(1);
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(likesOf(product)).isZero();
        assertThat(events(product, LIKED)).isZero();
    }

    @Test
    void what_does_not_exist_cannot_be_liked() {
        for (Answer answer : List.of(shop.like(0), shop.unlike(0))) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text("code")).isEqualTo("PRODUCT_NOT_FOUND");
            assertThat(answer.text("message")).isEqualTo("There is no product 0.");
        }
    }

    private int likesOf(long product) {
        return jdbc.sql("SELECT count(*) FROM product_likes WHERE product_id = ?")
                .param(product)
                .query(Integer.class)
                .single();
    }
}
