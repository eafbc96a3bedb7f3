package dev.outbox.sample.product.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.product.application.CachedCatalog;
import dev.outbox.test.RedisServer;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The caches of the application on a Redis that takes connections and does not answer. */
@SpringBootTest(
        classes = StampedCacheIntegrationTest.Caches.class,
        webEnvironment = WebEnvironment.NONE,
        properties = {"sample.cache.product-ttl=30m", "spring.data.redis.timeout=500ms"})
@DirtiesContext
class HangingRedisIntegrationTest {
    private static final long ID = 1;

    private static RedisServer server;

    @Autowired
    CacheManager caches;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @DynamicPropertySource
    static void address(DynamicPropertyRegistry properties) {
        properties.add("spring.data.redis.port", () -> server.port());
    }

    /** Each question would take the time-out of half a second; a first one and one after each second do. */
    @Test
    void a_redis_that_hangs_costs_a_timeout_now_and_then_and_not_for_each_request() {
        Cache products = Objects.requireNonNull(caches.getCache(CachedCatalog.PRODUCT));
        StampedCacheIntegrationTest.keep(products, ID, StampedCacheIntegrationTest.product(ID, 3));
        server.pause();
        try {
            long start = System.nanoTime();
            LongStream.range(0, 200).forEach(i -> products.get(ID, () -> StampedCacheIntegrationTest.product(ID, 2)));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(50));
        } finally {
            server.resume();
        }
        StampedCacheIntegrationTest.keep(products, ID, StampedCacheIntegrationTest.product(ID, 3));
    }
}
