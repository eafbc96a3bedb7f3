package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
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
    void an_order_that_another_change_of_the_stock_has_overtaken_is_placed_all_the_same() {
        long product = shop.product(10);
        Answer answer = overtaken(product, () -> shop.order(newKey(), product, 3));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(shop.stock(product)).isEqualTo(7);
    }

    /** Else they could wait for each other. While both wait for the first product, none of them has locked the second one. */
    @Test
    void orders_of_the_same_products_in_opposite_sequence_lock_them_in_the_same_one() {
        long first = shop.product(1000);
        long second = shop.product(1000);
        String items = "[{\"productId\":%d,\"quantity\":1},{\"productId\":%d,\"quantity\":1}]";
        List<CompletableFuture<Answer>> answers = inTransaction(() -> {
            lock(first);
            List<CompletableFuture<Answer>> sent = Stream.of(
                            items.formatted(first, second), items.formatted(second, first))
                    .map(basket -> sent(() -> shop.order(newKey(), basket)))
                    .toList();
            awaitStockWantedBy(2);
            lock(second);
            return sent;
        });
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(201));
        assertThat(shop.stock(first)).isEqualTo(998);
        assertThat(shop.stock(second)).isEqualTo(998);
    }

    /** Fails if somebody else has locked it. */
    private void lock(long product) {
        jdbc.sql("SELECT version FROM stocks WHERE product_id = ? FOR UPDATE NOWAIT")
                .param(product)
                .query(Long.class)
                .single();
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
