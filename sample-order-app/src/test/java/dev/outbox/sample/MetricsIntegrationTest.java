package dev.outbox.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxPublisher;
import dev.outbox.sample.ShopClient.Answer;
import dev.outbox.sample.inventory.domain.ProductSoldOut;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;

/** What is counted of products, from the request to what is shown. */
class MetricsIntegrationTest extends RunningShop {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Less than anything stays in the cache by itself. */
    private static final Duration EVICTED = Duration.ofSeconds(20);

    @Autowired
    OutboxPublisher outbox;

    @Autowired
    StringRedisTemplate redis;

    @Value("${local.server.port}")
    int port;

    /** A row of the table. */
    private record Counts(long likes, long sales, long views, long soldOuts) {
        private static final Counts NONE = new Counts(0, 0, 0, 0);

        Counts plus(Counts more) {
            return new Counts(likes + more.likes, sales + more.sales, views + more.views, soldOuts + more.soldOuts);
        }
    }

    @Test
    void likes_count_up_and_down() {
        long product = shop.product(1);
        ShopClient other = ShopClient.customer(port, "another@example.com");
        shop.like(product);
        shop.like(product);
        other.like(product);
        awaitCounts(product, new Counts(2, 0, 0, 0));
        shop.unlike(product);
        shop.unlike(product);
        awaitCounts(product, new Counts(1, 0, 0, 0));
    }

    @Test
    void an_event_that_comes_twice_counts_once() throws Exception {
        long product = shop.product(1);
        shop.like(product);
        awaitCounts(product, new Counts(1, 0, 0, 0));
        try (OrdersTopicProbe topic = new OrdersTopicProbe(kafka, "products")) {
            ConsumerRecord<byte[], byte[]> like =
                    topic.find(eventIds("products", Long.toString(product)).get(0));
            topic.send(like);
            topic.send(like);
            await().atMost(PATIENCE).until(() -> topic.isConsumedBy("metrics-products"));
        }
        assertThat(counts(product)).isEqualTo(new Counts(1, 0, 0, 0));
    }

    /** One by one and in batches, as it happens; what comes first may be a copy, or what takes a like back that is not given yet. */
    @Test
    void events_in_any_order_and_repeated_add_up() throws Exception {
        long seed = 8;
        Random random = new Random(seed);
        long[] products = {shop.product(1), shop.product(1), shop.product(1)};
        Map<Long, Counts> sums = new HashMap<>();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            long product = products[random.nextInt(3)];
            long other = products[random.nextInt(3)];
            int views = random.nextInt(1, 100);
            Map<Long, Counts> told = new HashMap<>();
            ConsumerRecord<byte[], byte[]> event = switch (random.nextInt(4)) {
                case 0 -> {
                    told.put(product, new Counts(1, 0, 0, 0));
                    yield event("PRODUCT_LIKED", product, "{\"productId\":%d,\"userId\":1}".formatted(product));
                }
                case 1 -> {
                    told.put(product, new Counts(-1, 0, 0, 0));
                    yield event("PRODUCT_UNLIKED", product, "{\"productId\":%d,\"userId\":1}".formatted(product));
                }
                case 2 -> {
                    told.put(product, new Counts(0, 0, 0, 1));
                    yield event("PRODUCT_SOLD_OUT", product, "{\"productId\":%d}".formatted(product));
                }
                default -> {
                    told.merge(product, new Counts(0, 0, views, 0), Counts::plus);
                    told.merge(other, new Counts(0, 0, 1, 0), Counts::plus);
                    yield event(
                            "PRODUCTS_VIEWED",
                            product,
                            "{\"products\":[{\"productId\":%d,\"views\":%d},{\"productId\":%d,\"views\":1}]}"
                                    .formatted(product, views, other));
                }
            };
            told.forEach((id, more) -> sums.merge(id, more, Counts::plus));
            records.addAll(Collections.nCopies(random.nextInt(1, 4), event));
        }
        Collections.shuffle(records, random);
        try (OrdersTopicProbe topic = new OrdersTopicProbe(kafka, "products")) {
            for (ConsumerRecord<byte[], byte[]> record : records) topic.send(record);
            await().atMost(PATIENCE).until(() -> topic.isConsumedBy("metrics-products"));
        }
        for (long product : products)
            assertThat(counts(product)).as("seed %d", seed).isEqualTo(sums.get(product));
    }

    @Test
    void a_sale_counts_when_the_order_is_completed_and_not_before_and_once() throws Exception {
        long product = shop.product(20);
        String sold = shop.order(newKey(), product, 3).text("id");
        String cancelled = shop.order(newKey(), product, 5).text("id");
        shop.cancel(cancelled);
        try (OrdersTopicProbe topic = new OrdersTopicProbe(kafka)) {
            await().atMost(PATIENCE)
                    .until(() -> eventIds("orders", sold).size() == 1
                            && eventIds("orders", cancelled).size() == 2
                            && topic.isConsumedBy("metrics-orders"));
            assertThat(counts(product)).isEqualTo(Counts.NONE);
            shop.complete(sold);
            awaitCounts(product, new Counts(0, 3, 0, 0));
            List<String> again = new ArrayList<>(eventIds("orders", sold));
            again.addAll(eventIds("orders", cancelled));
            Collections.reverse(again);
            for (String id : again) topic.send(topic.find(id));
            await().atMost(PATIENCE).until(() -> topic.isConsumedBy("metrics-orders"));
        }
        assertThat(counts(product)).isEqualTo(new Counts(0, 3, 0, 0));
    }

    @Test
    void many_page_loads_from_the_cache_as_well_are_counted_exactly_by_few_events() {
        long product = shop.product(1);
        String page = "/api/v1/products/" + product;
        AtomicInteger loads = new AtomicInteger(200);
        long start = System.nanoTime();
        await().atMost(PATIENCE).until(() -> {
            shop.get(page);
            loads.incrementAndGet();
            return redis.hasKey("product:" + product);
        });
        AtOnce.times(8, i -> {
            for (int load = 0; load < 25; load++)
                assertThat(shop.get(page).status()).isEqualTo(200);
            return shop.get("/api/v1/products?size=100").status();
        });
        awaitCounts(product, new Counts(0, 0, loads.get(), 0));
        long intervals = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertThat(viewsOf(product)).hasSizeLessThanOrEqualTo((int) intervals + 2);
    }

    @Test
    void pages_of_products_that_do_not_exist_are_not_counted() {
        long product = shop.product(1);
        shop.get("/api/v1/products/0");
        shop.get("/api/v1/products/" + product);
        awaitCounts(product, new Counts(0, 0, 1, 0));
        assertThat(viewsOf(0)).isEmpty();
        assertThat(counts(0)).isEqualTo(Counts.NONE);
    }

    @Test
    void what_is_counted_is_shown_with_the_product_and_in_the_list() {
        long product = shop.product(5);
        shop.like(product);
        shop.complete(shop.order(newKey(), product, 2).text("id"));
        for (int load = 0; load < 3; load++) shop.get("/api/v1/products/" + product);
        awaitCounts(product, new Counts(1, 2, 3, 0));
        JsonNode adjusted = adjust(product, 1).body();
        assertShown(adjusted, 4, false);
        assertShown(shop.get(lastPage()).body().at("/items/0"), 4, false);
        assertShown(shop.get("/api/v1/products/" + product).body(), 4, false);
        shop.order(newKey(), product, 4);
        assertThat(shop.get("/api/v1/products/" + product).body().get("soldOut").asBoolean())
                .isTrue();
        assertThat(shop.get(lastPage()).body().at("/items/0/soldOut").asBoolean())
                .isTrue();
        awaitCounts(product, new Counts(1, 2, 5, 1));
    }

    @Test
    void stock_tells_each_time_when_it_comes_to_nothing() {
        assertThat(events(shop.product(0), "PRODUCT_SOLD_OUT"))
                .as("it begins so")
                .isZero();
        long one = shop.product(3);
        long other = shop.product(2);
        shop.order(
                newKey(),
                "[{\"productId\":%d,\"quantity\":2},{\"productId\":%d,\"quantity\":2}]".formatted(one, other));
        assertThat(events(one, "PRODUCT_SOLD_OUT")).isZero();
        assertThat(events(other, "PRODUCT_SOLD_OUT")).isEqualTo(1);
        adjust(one, -1);
        adjust(one, 0);
        shop.order(newKey(), one, 1);
        assertThat(events(one, "PRODUCT_SOLD_OUT")).isEqualTo(1);
        adjust(one, 1);
        shop.order(newKey(), one, 1);
        assertThat(events(one, "PRODUCT_SOLD_OUT")).isEqualTo(2);
        awaitCounts(one, new Counts(0, 0, 0, 2));
        awaitCounts(other, new Counts(0, 0, 0, 1));
    }

    /** The median of five: a machine that stalls once or twice is not what is asked here. */
    @Test
    void a_product_that_is_sold_out_is_shown_so_within_two_seconds_by_its_event_when_nobody_else_has_evicted_it() {
        List<Duration> waits = IntStream.range(0, 5)
                .mapToObj(round -> fromSoldOutToShown())
                .sorted()
                .toList();
        assertThat(waits.get(2)).as("the median of %s", waits).isLessThan(Duration.ofSeconds(2));
    }

    /** As when a process is killed between its commit and its eviction. */
    private Duration fromSoldOutToShown() {
        awaitEvictionsOfOtherTests();
        long product = shop.product(1);
        String inList = lastPage();
        await().atMost(PATIENCE).until(() -> {
            shop.get(inList);
            return shop.stock(product) == 1
                    && redis.hasKey("product:" + product)
                    && redis.hasKey("product:list:%d:1".formatted(total() - 1));
        });
        jdbc.sql("UPDATE stocks SET quantity = 0, version = version + 1 WHERE product_id = ?")
                .param(product)
                .update();
        assertThat(shop.stock(product)).as("from the cache").isEqualTo(1);
        assertThat(shop.get(inList).body().at("/items/0/stock").asInt())
                .as("from the cache")
                .isEqualTo(1);
        inTransaction(() -> outbox.publish(new ProductSoldOut(product)));
        long committed = System.nanoTime();
        await().atMost(EVICTED).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            assertThat(shop.get("/api/v1/products/" + product)
                            .body()
                            .get("soldOut")
                            .asBoolean())
                    .isTrue();
            assertThat(shop.get(inList).body().at("/items/0/soldOut").asBoolean())
                    .isTrue();
        });
        return Duration.ofNanos(System.nanoTime() - committed);
    }

    private void awaitEvictionsOfOtherTests() {
        try (OrdersTopicProbe topic = new OrdersTopicProbe(kafka, "products")) {
            await().atMost(PATIENCE)
                    .until(() -> jdbc.sql(
                                                    "SELECT count(*) FROM outbox_events WHERE aggregate_type = 'Product' AND published_at IS NULL")
                                            .query(Integer.class)
                                            .single()
                                    == 0
                            && topic.isConsumedBy("product-cache"));
        }
    }

    private static void assertShown(JsonNode product, int stock, boolean soldOut) {
        assertThat(product.get("likes").asLong()).isEqualTo(1);
        assertThat(product.get("sales").asLong()).isEqualTo(2);
        assertThat(product.get("views").asLong()).isEqualTo(3);
        assertThat(product.get("stock").asInt()).isEqualTo(stock);
        assertThat(product.get("soldOut").asBoolean()).isEqualTo(soldOut);
    }

    /** An event as the relay sends it, to any partition. */
    private static ConsumerRecord<byte[], byte[]> event(String type, long product, String payload) {
        UUID id = UUID.randomUUID();
        String key = Long.toString(product);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "products", Math.floorMod(id.hashCode(), 3), 0, key.getBytes(UTF_8), payload.getBytes(UTF_8));
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        id.toString(),
                        "ce_type",
                        type,
                        "ce_source",
                        "/a-test",
                        "ce_subject",
                        key,
                        "ce_time",
                        Instant.now().toString(),
                        "ce_aggregatetype",
                        "Product",
                        "content-type",
                        "application/json")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        return record;
    }

    private Counts counts(long product) {
        return jdbc.sql("SELECT likes, sales, views, sold_outs FROM product_metrics WHERE product_id = ?")
                .param(product)
                .query(Counts.class)
                .optional()
                .orElse(Counts.NONE);
    }

    private void awaitCounts(long product, Counts expected) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(counts(product)).isEqualTo(expected));
    }

    /** Of the events in a topic with this key, copies counted once. */
    private List<String> eventIds(String topic, String key) {
        return OrdersTopicProbe.records(kafka, topic).stream()
                .filter(record -> key.equals(record.key()))
                .map(record -> OrdersTopicProbe.header(record, "ce_id"))
                .distinct()
                .toList();
    }

    /** The payloads in the topic that tell of views of a product. */
    private List<String> viewsOf(long product) {
        return OrdersTopicProbe.records(kafka, "products").stream()
                .filter(record -> OrdersTopicProbe.header(record, "ce_type").equals("PRODUCTS_VIEWED"))
                .map(record -> new String(record.value(), UTF_8))
                .filter(payload -> payload.contains("\"productId\":%d,".formatted(product)))
                .toList();
    }

    private Answer adjust(long product, int delta) {
        return shop.admin()
                .post("/api/v1/admin/products/%d/stock-adjust".formatted(product), "{\"delta\":%d}".formatted(delta));
    }

    /** The list from the product on that was created last. */
    private String lastPage() {
        return "/api/v1/products?size=1&page=" + (total() - 1);
    }

    private long total() {
        return shop.get("/api/v1/products?size=1").body().get("totalItems").asLong();
    }
}
