package dev.outbox.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxOperations;
import dev.outbox.sample.ShopClient.Answer;
import dev.outbox.sample.order.application.PlaceOrder;
import dev.outbox.sample.order.application.PlacedOrder;
import dev.outbox.sample.order.domain.Basket;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An order and what becomes of it. */
class OrderIntegrationTest extends RunningShop {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    PlaceOrder placeOrder;

    @Autowired
    OutboxOperations outbox;

    @Autowired
    MeterRegistry meters;

    @Autowired
    PlatformTransactionManager transactions;

    @Test
    void an_order_becomes_a_notification() {
        long product = shop.product(10);
        Answer order = shop.order(newKey(), product, 2);
        assertThat(order.status()).isEqualTo(201);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shop.notifications(order.text("id")))
                        .singleElement()
                        .satisfies(notification -> assertThat(
                                        notification.get("message").asString())
                                .isEqualTo("Thank you for your order over 7.00.")));
        assertThat(shop.stock(product)).isEqualTo(8);
    }

    @Test
    void an_order_can_be_read_again() {
        long product = shop.product(10);
        Answer order = shop.order(newKey(), product, 3);
        assertThat(order.text("status")).isEqualTo("CREATED");
        assertThat(order.body().get("total").decimalValue()).isEqualByComparingTo("10.50");
        assertThat(order.headers().firstValue("Location")).hasValue("/api/v1/orders/" + order.text("id"));
        assertThat(shop.get("/api/v1/orders/" + order.text("id")).body()).isEqualTo(order.body());
        assertThat(shop.get("/api/v1/orders?size=1").body().get("items").get(0))
                .as("the newest first")
                .isEqualTo(order.body());
    }

    @Test
    void the_same_key_again_gives_one_order_and_one_event() {
        long product = shop.product(10);
        String key = newKey();
        Answer first = shop.order(key, product, 2);
        Answer again = shop.order(key, product, 2);
        assertThat(again.status()).isEqualTo(first.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(orders(key)).isEqualTo(1);
        assertThat(events(first.text("id"))).isEqualTo(1);
        assertThat(shop.stock(product)).isEqualTo(8);
    }

    @Test
    void keys_that_differ_in_case_give_two_orders() {
        long product = shop.product(10);
        String key = newKey() + "-a";
        String order = shop.order(key, product, 2).text("id");
        Answer other = shop.order(key.toUpperCase(Locale.ROOT), product, 3);
        assertThat(other.status()).isEqualTo(201);
        assertThat(other.text("id")).isNotEqualTo(order);
    }

    @Test
    void the_same_items_in_another_sequence_are_the_same_order() {
        long one = shop.product(10);
        long other = shop.product(10);
        String key = newKey();
        String item = "{\"productId\":%d,\"quantity\":%d}";
        Answer first = shop.order(key, "[" + item.formatted(one, 3) + "," + item.formatted(other, 1) + "]");
        Answer again = shop.order(
                key,
                "[" + item.formatted(other, 1) + "," + item.formatted(one, 1) + "," + item.formatted(one, 2) + "]");
        assertThat(first.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    void the_same_key_with_other_items_is_refused() {
        long product = shop.product(10);
        String key = newKey();
        String order = shop.order(key, product, 2).text("id");
        Answer other = shop.order(key, product, 3);
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.text("code")).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(other.text("message"))
                .isEqualTo(
                        "This Idempotency-Key belongs to order %s, which has other items. Use a new key for a new order."
                                .formatted(order));
        assertThat(orders(key)).isEqualTo(1);
        assertThat(shop.stock(product)).isEqualTo(8);
    }

    @Test
    void an_order_of_more_than_there_is_leaves_nothing_and_its_key_can_be_used() {
        long plenty = shop.product(10);
        long scarce = shop.product(1);
        String key = newKey();
        int eventsBefore = allEvents();
        Answer refused = shop.order(
                key, "[{\"productId\":%d,\"quantity\":5},{\"productId\":%d,\"quantity\":2}]".formatted(plenty, scarce));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("OUT_OF_STOCK");
        assertThat(orders(key)).isZero();
        assertThat(allEvents()).isEqualTo(eventsBefore);
        assertThat(shop.stock(plenty)).isEqualTo(10);
        assertThat(shop.order(key, plenty, 5).status()).isEqualTo(201);
    }

    @Test
    void a_rollback_leaves_neither_order_nor_event() {
        long product = shop.product(10);
        Basket basket = new Basket(new TreeMap<>(Map.of(product, 4)));
        PlacedOrder placed = Objects.requireNonNull(new TransactionTemplate(transactions).execute(status -> {
            PlacedOrder order = placeOrder.place(customer(), newKey(), basket);
            assertThat(outbox.find(eventId(order))).as("before the end").isPresent();
            status.setRollbackOnly();
            return order;
        }));
        assertThat(outbox.find(eventId(placed))).isEmpty();
        assertThat(shop.get("/api/v1/orders/" + placed.order().id()).status()).isEqualTo(404);
        assertThat(shop.stock(product)).isEqualTo(10);
    }

    @Test
    void an_event_that_comes_twice_gives_one_notification() throws Exception {
        String order = shop.order(newKey(), shop.product(10), 1).text("id");
        await().until(() -> !shop.notifications(order).isEmpty());
        String eventId = shop.notifications(order).get(0).get("eventId").asString();
        try (OrdersTopicProbe topic = new OrdersTopicProbe(kafka)) {
            ConsumerRecord<byte[], byte[]> event = topic.find(eventId);
            topic.send(event);
            await().until(() -> topic.isConsumedBy("notification"));
        }
        assertThat(shop.notifications(order)).hasSize(1);
    }

    @Test
    void events_of_other_types_are_left_alone() throws Exception {
        String order = shop.order(newKey(), shop.product(10), 1).text("id");
        await().until(() -> !shop.notifications(order).isEmpty());
        String eventId = shop.notifications(order).get(0).get("eventId").asString();
        try (OrdersTopicProbe topic = new OrdersTopicProbe(kafka)) {
            ConsumerRecord<byte[], byte[]> event = topic.find(eventId);
            event.headers()
                    .remove("ce_id")
                    .add("ce_id", UUID.randomUUID().toString().getBytes(UTF_8));
            event.headers().remove("ce_type").add("ce_type", "ORDER_PRAISED".getBytes(UTF_8));
            topic.send(event);
            await().until(() -> topic.isConsumedBy("notification"));
        }
        assertThat(shop.notifications(order)).hasSize(1);
    }

    @Test
    void an_event_whose_handling_fails_is_tried_until_it_works() {
        double before = failures();
        String order;
        jdbc.sql("ALTER TABLE notifications RENAME TO notifications_away").update();
        try {
            order = shop.order(newKey(), shop.product(10), 1).text("id");
            // Spring Kafka by itself would give it up after ten tries without a pause; after four, with pauses, it
            // would be a dead letter
            await().atMost(PATIENCE).until(() -> failures() >= before + 2);
        } finally {
            jdbc.sql("ALTER TABLE notifications_away RENAME TO notifications").update();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shop.notifications(order)).hasSize(1));
    }

    private double failures() {
        return meters.counter("outbox.inbox.failures", "consumer", "notification")
                .count();
    }

    private long customer() {
        return jdbc.sql("SELECT min(id) FROM users WHERE role = 'USER'")
                .query(Long.class)
                .single();
    }

    private static UUID eventId(PlacedOrder placed) {
        return Objects.requireNonNull(placed.eventId());
    }
}
