package dev.outbox.sample.product.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.sample.product.application.CachedCatalog;
import dev.outbox.sample.product.application.ProductPage;
import dev.outbox.sample.product.application.StockedProduct;
import dev.outbox.test.RedisOptions;
import dev.outbox.test.RedisServer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The caches of the application on a Redis that keeps its contents when it is stopped, without the application around them. A slow answer is not taken for an
 * outage.
 */
@SpringBootTest(
        classes = StampedCacheIntegrationTest.Caches.class,
        webEnvironment = WebEnvironment.NONE,
        properties = {
            "sample.cache.product-ttl=30m",
            "sample.cache.page-ttl=30m",
            "spring.data.redis.timeout=10s",
            "spring.data.redis.connect-timeout=10s"
        })
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
class StampedCacheIntegrationTest {
    private static final String AWAY = "Redis does not answer";
    private static final AtomicLong IDS = new AtomicLong(1);

    @TempDir
    static Path directory;

    private static RedisServer server;

    @Autowired
    CacheManager caches;

    @Autowired
    StringRedisTemplate redis;

    private final long id = IDS.incrementAndGet();

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(DataRedisAutoConfiguration.class)
    @EnableConfigurationProperties(CacheProperties.class)
    @Import(ProductCaches.class)
    static class Caches {}

    @BeforeAll
    static void start() {
        server = RedisServer.start(RedisOptions.in(directory));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A test that has failed in the middle of an outage takes no other one with it. */
    @AfterEach
    void endOutage() {
        if (!server.isRunning()) server.restart();
    }

    @DynamicPropertySource
    static void address(DynamicPropertyRegistry properties) {
        properties.add("spring.data.redis.port", () -> server.port());
    }

    @Test
    void a_product_is_kept_under_its_id_and_a_page_under_its_number_and_size_as_json_without_class_names() {
        keep(products(), id, product(3));
        keep(pages(), "0:20", new ProductPage(List.of(product(3)), 1));
        assertThat(redis.opsForValue().get("product:" + id))
                .contains("\"sku\":\"tea\"", "3.50", "\"stock\":3")
                .doesNotContain("dev.outbox", "java.");
        assertThat(redis.getExpire("product:" + id))
                .isBetween(1L, Duration.ofMinutes(30).toSeconds());
        assertThat(redis.hasKey("product:list:0:20")).isTrue();
        assertThat(products().get(id, StampedCacheIntegrationTest::nothing)).isEqualTo(product(3));
    }

    @Test
    void what_is_evicted_is_loaded_anew_and_nothing_else() {
        keep(products(), id, product(3));
        keep(products(), -id, product(5));
        products().evict(id);
        assertThat(redis.hasKey("product:" + id)).isFalse();
        assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));
        assertThat(isKept(products(), -id, product(5))).isTrue();
    }

    @Test
    void all_pages_are_evicted_at_once() {
        ProductPage page = new ProductPage(List.of(product(3)), 1);
        keep(pages(), "0:20", page);
        keep(pages(), "7:100", page);
        pages().clear();
        ProductPage changed = new ProductPage(List.of(product(2)), 1);
        assertThat(pages().get("0:20", () -> changed)).isEqualTo(changed);
        assertThat(pages().get("7:100", () -> changed)).isEqualTo(changed);
    }

    /** The reader has read 3, then a writer commits 2 and evicts, then the reader stores what it has read. */
    @Test
    void what_changes_while_it_is_loaded_is_not_kept() {
        keep(products(), id, product(4));
        products().evict(id);
        StockedProduct seen = products().get(id, () -> {
            products().evict(id);
            return product(3);
        });
        assertThat(seen).isEqualTo(product(3));
        assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));

        pages().get("1:20", () -> {
            pages().clear();
            return new ProductPage(List.of(product(3)), 1);
        });
        ProductPage changed = new ProductPage(List.of(product(2)), 1);
        assertThat(pages().get("1:20", () -> changed)).isEqualTo(changed);
    }

    @Test
    void within_a_transaction_eviction_waits_for_the_commit() {
        keep(products(), id, product(3));
        TransactionSynchronizationManager.initSynchronization();
        try {
            products().evict(id);
            assertThat(isKept(products(), id, product(3)))
                    .as("before the commit")
                    .isTrue();
            TransactionSynchronizationManager.getSynchronizations().forEach(TransactionSynchronization::afterCommit);
        } finally {
            TransactionSynchronizationManager.clearSynchronization();
        }
        assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));
    }

    /** As a consumer does, whose transaction is about something else. */
    @Test
    void what_is_evicted_at_once_does_not_wait_for_the_commit() {
        ProductPage page = new ProductPage(List.of(product(3)), 1);
        keep(products(), id, product(3));
        keep(pages(), "0:20", page);
        TransactionSynchronizationManager.initSynchronization();
        try {
            new ProductEviction(caches).evictAtOnce(id);
            assertThat(isKept(products(), id, product(2))).isFalse();
            assertThat(isKept(pages(), "0:20", page)).isFalse();
        } finally {
            TransactionSynchronizationManager.clearSynchronization();
        }
    }

    @Test
    void an_eviction_at_once_that_redis_does_not_confirm_fails_and_is_made_up_for_all_the_same() {
        keep(products(), id, product(3));
        ProductEviction eviction = new ProductEviction(caches);
        server.stop();
        assertThatThrownBy(() -> eviction.evictAtOnce(id))
                .isInstanceOf(DataAccessResourceFailureException.class)
                .hasMessage(
                        "Redis has not confirmed that product:%d is evicted. See to it that it runs where spring.data.redis.* says.",
                        id);
        server.restart();
        await().until(() -> {
            assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));
            return isKept(products(), id, product(2));
        });
    }

    @Test
    void a_transaction_does_not_ask_and_does_not_fill_the_cache() {
        keep(products(), id, product(3));
        TransactionSynchronizationManager.setActualTransactionActive(true);
        try {
            assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));
        } finally {
            TransactionSynchronizationManager.setActualTransactionActive(false);
        }
        assertThat(isKept(products(), id, product(3))).isTrue();
    }

    @Test
    void what_cannot_be_read_is_loaded_anew(CapturedOutput log) {
        for (String garbage : List.of(
                "{", "[]", "{}", "null", "{\"stamp\":null}", "{\"stamp\":\"null:null\",\"value\":{\"id\":\"x\"}}")) {
            redis.opsForValue().set("product:" + id, garbage);
            assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));
        }
        assertThat(log).contains("product:" + id + " in Redis cannot be read; it is loaded anew: ");
    }

    @Test
    void what_an_older_version_has_kept_without_metrics_is_loaded_anew() {
        keep(products(), id, product(3));
        String kept = Objects.requireNonNull(redis.opsForValue().get("product:" + id));
        String older = kept.replaceAll("\"(likes|sales|views)\":\\d+,", "");
        assertThat(older).hasSizeLessThan(kept.length()).contains("\"stock\":3", "createdAt");
        redis.opsForValue().set("product:" + id, older);
        assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));
    }

    @Test
    void a_failure_of_the_load_is_the_callers_and_is_not_kept() {
        IllegalStateException failure = new IllegalStateException("no database");
        assertThatThrownBy(() -> products().get(id, () -> {
                    throw failure;
                }))
                .isInstanceOf(Cache.ValueRetrievalException.class)
                .hasCause(failure);
        assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));
    }

    @Test
    void a_value_without_its_load_is_refused() {
        assertThatThrownBy(() -> products().put(id, product(3)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("@Cacheable(sync = true)");
    }

    @Test
    void without_redis_products_are_loaded_and_each_outage_is_logged_once(CapturedOutput log) {
        for (int outage = 1; outage <= 2; outage++) {
            keep(products(), id, product(3));
            server.stop();
            for (int i = 0; i < 50; i++) {
                int stock = i;
                assertThat(products().get(id, () -> product(stock))).isEqualTo(product(stock));
                products().evict(id);
                pages().clear();
            }
            assertThat(log.getOut().split(AWAY, -1)).hasSize(1 + outage);
            server.restart();
            keep(products(), id, product(3));
            assertThat(log.getOut().split("Redis answers again", -1)).hasSize(1 + outage);
        }
    }

    /** The server keeps its contents when it is stopped, so the old value is there again. */
    @Test
    void an_eviction_during_an_outage_is_made_up_for() {
        keep(products(), id, product(3));
        server.stop();
        products().evict(id);
        server.restart();
        await().until(() -> {
            assertThat(products().get(id, () -> product(2))).isEqualTo(product(2));
            return isKept(products(), id, product(2));
        });
    }

    @Test
    void a_time_to_live_out_of_bounds_is_refused() {
        assertThatThrownBy(() -> new CacheProperties(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessage("sample.cache.product-ttl must be between 1 ms and 30 minutes, not PT0S.");
        assertThatThrownBy(() -> new CacheProperties(Duration.ofSeconds(1), Duration.ofHours(1)))
                .hasMessage("sample.cache.page-ttl must be between 1 ms and 30 minutes, not PT1H.");
    }

    private Cache products() {
        return Objects.requireNonNull(caches.getCache(CachedCatalog.PRODUCT));
    }

    private Cache pages() {
        return Objects.requireNonNull(caches.getCache(CachedCatalog.PAGES));
    }

    /** Loads a value until it is kept: while Redis is on its way back nothing is. */
    static void keep(Cache cache, Object key, Object value) {
        cache.evict(key);
        await().atMost(Duration.ofSeconds(30)).until(() -> isKept(cache, key, value));
    }

    /** Whether the value is there without being loaded. If not, it is loaded. */
    private static boolean isKept(Cache cache, Object key, Object value) {
        boolean[] loaded = new boolean[1];
        Callable<Object> loader = () -> {
            loaded[0] = true;
            return value;
        };
        return Objects.equals(cache.get(key, loader), value) && !loaded[0];
    }

    private static Object nothing() {
        throw new AssertionError("It is kept, so there is nothing to load");
    }

    private StockedProduct product(int stock) {
        return product(id, stock);
    }

    static StockedProduct product(long id, int stock) {
        return new StockedProduct(id, "tea", "Tea", new BigDecimal("3.50"), stock, 7, 5, 100, Instant.EPOCH);
    }
}
