package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Orders are cancelled or completed, once. */
class OrderEndIntegrationTest extends RunningShop {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Value("${local.server.port}")
    int port;

    @Test
    void a_cancelled_order_puts_its_pieces_back_and_tells_so() {
        long one = shop.product(10);
        long other = shop.product(10);
        String order = shop.order(
                        newKey(),
                        "[{\"productId\":%d,\"quantity\":3},{\"productId\":%d,\"quantity\":1}]".formatted(other, one))
                .text("id");
        Answer cancelled = shop.cancel(order);
        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.text("status")).isEqualTo("CANCELLED");
        assertThat(Instant.parse(cancelled.text("closedAt")))
                .isAfterOrEqualTo(Instant.parse(cancelled.text("createdAt")));
        assertThat(shop.get("/api/v1/orders/" + order).body()).isEqualTo(cancelled.body());
        assertThat(shop.stock(one)).isEqualTo(10);
        assertThat(shop.stock(other)).isEqualTo(10);
        assertThat(eventsInTopic(order, 2)).containsExactly("ORDER_CREATED 0", "ORDER_CANCELLED 1");
    }

    @Test
    void whoever_cancels_again_is_told_that_it_is_done_and_nothing_more_happens() {
        long product = shop.product(10);
        String order = shop.order(newKey(), product, 4).text("id");
        Answer first = shop.cancel(order);
        Answer again = shop.cancel(order);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(shop.stock(product)).isEqualTo(10);
        assertThat(events(order)).isEqualTo(2);
    }

    @Test
    void a_completed_order_tells_what_was_sold_and_cannot_be_cancelled() {
        long product = shop.product(10);
        String order = shop.order(newKey(), product, 4).text("id");
        Answer completed = shop.complete(order);
        assertThat(completed.status()).isEqualTo(200);
        assertThat(completed.text("status")).isEqualTo("COMPLETED");
        assertThat(completed.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(shop.complete(order).headers().firstValue("Idempotent-Replayed"))
                .hasValue("true");
        assertThat(shop.get("/api/v1/orders/" + order).body()).isEqualTo(completed.body());

        Answer refused = shop.cancel(order);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("ORDER_ALREADY_COMPLETED");
        assertThat(refused.text("message"))
                .isEqualTo("Order %s is completed already, which is final.".formatted(order));
        assertThat(shop.stock(product)).isEqualTo(6);
        assertThat(eventsInTopic(order, 2)).containsExactly("ORDER_CREATED 0", "ORDER_COMPLETED 1");
        JsonNode payload = payload(order, "ORDER_COMPLETED");
        assertThat(payload.get("version").asInt()).isOne();
        assertThat(payload.at("/items/0/productId").asLong()).isEqualTo(product);
        assertThat(payload.at("/items/0/quantity").asInt()).isEqualTo(4);
        assertThat(payload.get("completedAt")).isEqualTo(completed.body().get("closedAt"));
    }

    @Test
    void a_cancelled_order_cannot_be_completed() {
        String order = shop.order(newKey(), shop.product(10), 4).text("id");
        shop.cancel(order);
        Answer refused = shop.complete(order);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("ORDER_ALREADY_CANCELLED");
        assertThat(refused.text("message"))
                .isEqualTo("Order %s is cancelled already, which is final.".formatted(order));
        assertThat(events(order)).isEqualTo(2);
    }

    @Test
    void of_those_who_cancel_and_complete_at_once_one_side_wins_and_the_other_is_told() {
        long product = shop.product(10);
        String order = shop.order(newKey(), product, 4).text("id");
        List<Answer> answers = AtOnce.times(16, i -> i % 2 == 0 ? shop.cancel(order) : shop.complete(order));
        String end = shop.get("/api/v1/orders/" + order).text("status");
        assertThat(end).isIn("CANCELLED", "COMPLETED");
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 200)
                .hasSize(8)
                .allSatisfy(answer -> assertThat(answer.text("status")).isEqualTo(end));
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 200)
                .hasSize(8)
                .allSatisfy(answer -> assertThat(answer.text("code")).isEqualTo("ORDER_ALREADY_" + end));
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 200
                        && answer.headers().firstValue("Idempotent-Replayed").isEmpty())
                .as("the one that did it")
                .hasSize(1);
        assertThat(shop.stock(product)).isEqualTo(end.equals("CANCELLED") ? 10 : 6);
        assertThat(events(order)).isEqualTo(2);
        assertThat(eventsInTopic(order, 2)).containsExactly("ORDER_CREATED 0", "ORDER_" + end + " 1");
    }

    @Test
    void orders_and_cancellations_at_once_leave_an_exact_stock() {
        long product = shop.product(30);
        List<String> orders = AtOnce.times(
                10, i -> untilSettled(() -> shop.order(newKey(), product, 3)).text("id"));
        assertThat(shop.stock(product)).isZero();
        AtOnce.times(
                20, i -> untilSettled(() -> i < 10 ? shop.cancel(orders.get(i)) : shop.order(newKey(), product, 1)));
        int sold = jdbc.sql(
                        "SELECT coalesce(sum(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.product_id = ? AND o.status = 'CREATED'")
                .param(product)
                .query(Integer.class)
                .single();
        assertThat(orders)
                .allSatisfy(
                        order -> assertThat(shop.get("/api/v1/orders/" + order).text("status"))
                                .isEqualTo("CANCELLED"));
        assertThat(shop.stock(product)).isEqualTo(30 - sold);
    }

    @Test
    void a_cancellation_that_another_change_of_the_stock_has_overtaken_puts_its_pieces_back_all_the_same() {
        long product = shop.product(10);
        String order = shop.order(newKey(), product, 4).text("id");
        Answer cancelled = overtaken(product, () -> shop.cancel(order));
        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.text("status")).isEqualTo("CANCELLED");
        assertThat(shop.stock(product)).isEqualTo(10);
    }

    @Test
    void nobody_sees_or_cancels_another_users_order_or_meets_it_by_its_key() {
        ShopClient other = ShopClient.customer(port, "another@example.com");
        long product = shop.product(10);
        String key = newKey();
        String order = shop.order(key, product, 2).text("id");
        for (Answer answer : List.of(other.get("/api/v1/orders/" + order), other.cancel(order))) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text("code")).isEqualTo("ORDER_NOT_FOUND");
            assertThat(answer.text("message")).isEqualTo("There is no order %s.".formatted(order));
        }
        Answer own = other.order(key, product, 5);
        assertThat(own.status()).isEqualTo(201);
        assertThat(own.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(own.text("id")).isNotEqualTo(order);
        assertThat(other.order(key, product, 5).body()).isEqualTo(own.body());
        assertThat(shop.get("/api/v1/orders/" + order).text("status")).isEqualTo("CREATED");
        assertThat(ids(other)).contains(own.text("id")).doesNotContain(order);
        assertThat(ids(shop)).contains(order).doesNotContain(own.text("id"));
        assertThat(shop.stock(product)).isEqualTo(3);
    }

    @Test
    void what_does_not_exist_cannot_be_cancelled_or_completed() {
        String nothing = UUID.randomUUID().toString();
        for (Answer answer : List.of(shop.cancel(nothing), shop.complete(nothing))) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text("code")).isEqualTo("ORDER_NOT_FOUND");
        }
    }

    @Test
    void the_first_answer_comes_again_after_the_order_was_cancelled() {
        long product = shop.product(10);
        String key = newKey();
        Answer first = shop.order(key, product, 2);
        shop.cancel(first.text("id"));
        Answer again = shop.order(key, product, 2);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(again.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(shop.stock(product)).isEqualTo(10);
        assertThat(events(first.text("id"))).isEqualTo(2);
    }

    private static List<String> ids(ShopClient who) {
        return who.get("/api/v1/orders?size=100")
                .body()
                .get("items")
                .valueStream()
                .map(order -> order.get("id").asString())
                .toList();
    }

    /** Once there are so many. */
    private List<String> eventsInTopic(String order, int many) {
        return await().atMost(PATIENCE)
                .until(() -> OrdersTopicProbe.eventsOf(kafka, order), events -> events.size() >= many);
    }

    private JsonNode payload(String order, String type) {
        ConsumerRecord<String, byte[]> event = OrdersTopicProbe.records(kafka, "orders").stream()
                .filter(record -> order.equals(record.key()) && type.equals(OrdersTopicProbe.header(record, "ce_type")))
                .findFirst()
                .orElseThrow();
        return new JsonMapper().readTree(event.value());
    }
}
