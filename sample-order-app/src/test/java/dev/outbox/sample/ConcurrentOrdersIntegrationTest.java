package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many orders at the same moment. */
class ConcurrentOrdersIntegrationTest extends RunningShop {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void identical_requests_at_once_give_one_order_one_deduction_one_event_and_one_notification() {
        long product = shop.product(100);
        String key = newKey();
        List<Answer> answers = AtOnce.times(100, i -> shop.order(key, product, 3));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
        String order = answers.get(0).text("id");
        assertThat(answers).extracting(answer -> answer.text("id")).containsOnly(order);
        assertThat(answers)
                .filteredOn(answer ->
                        answer.headers().firstValue("Idempotent-Replayed").isEmpty())
                .as("the one that placed it")
                .hasSize(1);
        assertThat(orders(key)).isEqualTo(1);
        assertThat(shop.stock(product)).isEqualTo(97);
        assertThat(events(order)).isEqualTo(1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shop.notifications(order)).hasSize(1));
        assertThat(OrdersTopicProbe.eventsOf(kafka, order)).containsExactly("ORDER_CREATED 0");
    }

    @Test
    void of_50_pieces_exactly_50_are_sold_to_200_who_order_at_once() {
        long product = shop.product(50);
        List<Answer> answers = AtOnce.times(200, i -> order(newKey(), product));
        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(50);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .hasSize(150)
                .allSatisfy(answer -> assertThat(answer.text("code")).isEqualTo("OUT_OF_STOCK"));
        assertThat(shop.stock(product)).isZero();
        assertThat(ordersOf(product)).isEqualTo(50);
    }

    @Test
    void orders_of_the_same_products_in_opposite_sequence_do_not_block_each_other() {
        long one = shop.product(1000);
        long other = shop.product(1000);
        String items = "[{\"productId\":%d,\"quantity\":1},{\"productId\":%d,\"quantity\":1}]";
        List<Answer> answers = AtOnce.times(
                20, i -> shop.order(newKey(), i % 2 == 0 ? items.formatted(one, other) : items.formatted(other, one)));
        int placed =
                (int) answers.stream().filter(answer -> answer.status() == 201).count();
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .allSatisfy(answer -> assertThat(answer.text("code")).isEqualTo("STOCK_CONFLICT"));
        assertThat(shop.stock(one)).isEqualTo(1000 - placed);
        assertThat(shop.stock(other)).isEqualTo(1000 - placed);
    }

    private Answer order(String key, long product) {
        return untilSettled(() -> shop.order(key, product, 1));
    }

    private int ordersOf(long product) {
        return jdbc.sql("SELECT count(*) FROM order_items WHERE product_id = ?")
                .param(product)
                .query(Integer.class)
                .single();
    }
}
