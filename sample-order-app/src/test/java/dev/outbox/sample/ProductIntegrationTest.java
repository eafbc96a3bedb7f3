package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.ShopClient.Answer;
import dev.outbox.test.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;

/** Products as they are shown, with and without Redis, and their stock as it is adjusted. */
class ProductIntegrationTest extends RunningShop {
    private static final int MANY = 20;

    @Autowired
    RedisServer server;

    @Autowired
    StringRedisTemplate redis;

    @Autowired
    HealthEndpoint health;

    @Test
    void stock_is_adjusted_up_and_down() {
        long product = shop.product(3);
        Answer more = adjust(product, 4);
        assertThat(more.status()).isEqualTo(200);
        assertThat(more.body().get("stock").asInt()).isEqualTo(7);
        Answer none = adjust(product, -7);
        assertThat(none.body().get("stock").asInt()).isZero();
        assertThat(none.body().get("soldOut").asBoolean()).isTrue();
        assertThat(none.body())
                .isEqualTo(shop.get("/api/v1/products/" + product).body());
    }

    @Test
    void stock_is_never_below_nothing_and_never_more_than_can_be_counted() {
        long product = shop.product(3);
        expect(
                adjust(product, -4),
                409,
                "STOCK_TOO_LOW",
                "Of product %d there are 3 pieces; 4 of them cannot go.".formatted(product));
        expect(
                adjust(product, 1_000_000_000),
                409,
                "STOCK_TOO_HIGH",
                "Of product %d there are 3 pieces; with 1000000000 more it would be more than 1000000000."
                        .formatted(product));
        assertThat(shop.stock(product)).isEqualTo(3);
        expect(adjust(0, 1), 404, "PRODUCT_NOT_FOUND", "There is no product 0.");
        expect(
                shop.admin().post("/api/v1/admin/products/%d/stock-adjust".formatted(product), "{}"),
                400,
                "VALIDATION_ERROR",
                "The request is not valid.");
        assertThat(adjust(product, Integer.MIN_VALUE).text("code")).isEqualTo("VALIDATION_ERROR");
    }

    @Test
    void adjustments_and_orders_at_the_same_time_all_count() {
        long product = shop.product(100);
        List<Answer> answers = AtOnce.times(MANY, i -> {
            String key = newKey();
            return untilSettled(() -> i % 2 == 0 ? adjust(product, 3) : shop.order(key, product, 1));
        });
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isBetween(200, 201));
        assertThat(shop.stock(product)).isEqualTo(100 + MANY / 2 * 3 - MANY / 2);
    }

    @Test
    void an_adjustment_that_another_change_of_the_stock_has_overtaken_is_made_all_the_same() {
        long product = shop.product(10);
        Answer answer = overtaken(product, () -> adjust(product, 4));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("stock").asInt()).isEqualTo(14);
        assertThat(shop.stock(product)).isEqualTo(14);
    }

    @Test
    void what_is_shown_is_kept_in_redis_until_the_stock_changes() {
        long product = shop.product(10);
        String page = "/api/v1/products?size=1&page=" + (total() - 1);
        await().until(() -> {
            shop.stock(product);
            return redis.hasKey("product:" + product);
        });
        await().until(() -> {
            assertThat(shop.get(page).body().at("/items/0/id").asLong()).isEqualTo(product);
            return redis.hasKey("product:list:%d:1".formatted(total() - 1));
        });
        String order = shop.order(newKey(), product, 2).text("id");
        assertThat(shop.stock(product)).isEqualTo(8);
        assertThat(shop.get(page).body().at("/items/0/stock").asInt()).isEqualTo(8);
        shop.post("/api/v1/orders/%s/cancel".formatted(order), "");
        assertThat(shop.stock(product)).isEqualTo(10);
        assertThat(shop.get(page).body().at("/items/0/stock").asInt()).isEqualTo(10);
        adjust(product, -10);
        assertThat(shop.get("/api/v1/products/" + product).body().get("soldOut").asBoolean())
                .isTrue();
        assertThat(shop.get(page).body().at("/items/0/soldOut").asBoolean()).isTrue();
        long before = total();
        shop.product(1);
        assertThat(total()).isEqualTo(before + 1);
        assertThat(total(page)).as("on each page").isEqualTo(before + 1);
    }

    @Test
    void without_redis_the_shop_works_and_stays_ready_and_afterwards_nothing_old_is_shown() {
        long product = shop.product(10);
        assertThat(shop.stock(product)).isEqualTo(10);
        JsonNode before = shop.get("/actuator/health").body();
        int statusBefore = shop.status("/actuator/health");
        server.stop();
        try {
            assertThat(shop.stock(product)).isEqualTo(10);
            assertThat(shop.order(newKey(), product, 1).status()).isEqualTo(201);
            assertThat(shop.stock(product)).isEqualTo(9);
            assertThat(adjust(product, 1).status()).isEqualTo(200);
            assertThat(shop.stock(product)).isEqualTo(10);
            assertThat(shop.order(newKey(), product, 4).status()).isEqualTo(201);
            expect(shop.get("/api/v1/products/0"), 404, "PRODUCT_NOT_FOUND", "There is no product 0.");
            assertThat(shop.get("/api/v1/products").status()).isEqualTo(200);
            assertThat(redisHealth()).isEqualTo(Status.UNKNOWN);
            assertThat(shop.get("/actuator/health").body().get("status")).isEqualTo(before.get("status"));
            assertThat(shop.status("/actuator/health")).isEqualTo(statusBefore);
            assertThat(shop.status("/actuator/health/readiness")).isEqualTo(200);
            assertThat(shop.status("/actuator/health/liveness")).isEqualTo(200);
        } finally {
            server.restart();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            assertThat(shop.stock(product)).isEqualTo(6);
            return redisHealth().equals(Status.UP) && redis.hasKey("product:" + product);
        });
    }

    private Answer adjust(long product, int delta) {
        return shop.admin()
                .post("/api/v1/admin/products/%d/stock-adjust".formatted(product), "{\"delta\":%d}".formatted(delta));
    }

    private Status redisHealth() {
        return Objects.requireNonNull(health.healthForPath("redis")).getStatus();
    }

    private long total() {
        return total("/api/v1/products?size=1");
    }

    private long total(String page) {
        return shop.get(page).body().get("totalItems").asLong();
    }

    private static void expect(Answer answer, int status, String code, String message) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text("code")).isEqualTo(code);
        assertThat(answer.text("message")).isEqualTo(message);
    }
}
