package dev.outbox.sample.product.infra;

import dev.outbox.sample.product.application.CachedCatalog;
import dev.outbox.sample.product.application.ProductPage;
import dev.outbox.sample.product.application.StockedProduct;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.data.redis.health.DataRedisHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.cache.RedisCacheWriter.RedisCacheWriterConfigurer;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * The caches of products, in Redis: {@code product:{id}} and {@code product:list:{page}:{size}}, as JSON of types that are fixed here. What is evicted within a
 * transaction is evicted after its commit.
 */
@Configuration(proxyBeanMethods = false)
@EnableCaching
class ProductCaches {
    private static final Duration RECONNECT = Duration.ofMillis(500);

    @Bean
    RedisCacheManager cacheManager(
            RedisConnectionFactory redis, StringRedisTemplate stamps, CacheProperties properties) {
        RedisCacheWriter writer = RedisCacheWriter.create(redis, RedisCacheWriterConfigurer::immediateWrites);
        RedisBreaker breaker = new RedisBreaker();
        Map<String, RedisCacheConfiguration> caches = Map.of(
                CachedCatalog.PRODUCT, configuration(StockedProduct.class, properties.productTtl()),
                CachedCatalog.PAGES, configuration(ProductPage.class, properties.pageTtl()));
        RedisCacheManager manager =
                new RedisCacheManager(writer, RedisCacheConfiguration.defaultCacheConfig(), false, caches) {
                    @Override
                    protected RedisCache createRedisCache(String name, @Nullable RedisCacheConfiguration known) {
                        return new StampedCache(name, writer, Objects.requireNonNull(known), stamps, breaker);
                    }
                };
        manager.setTransactionAware(true);
        return manager;
    }

    /** With a mapper of its own: what is in Redis does not change with how the API writes JSON. */
    private static RedisCacheConfiguration configuration(Class<?> type, Duration ttl) {
        JsonMapper json = new JsonMapper();
        JavaType stamped = json.getTypeFactory().constructParametricType(Stamped.class, type);
        return RedisCacheConfiguration.defaultCacheConfig()
                .computePrefixWith(name -> name + ":")
                .entryTtl(ttl)
                .disableCachingNullValues()
                .serializeValuesWith(SerializationPair.fromSerializer(new JacksonJsonRedisSerializer<>(json, stamped)));
    }

    /** Without a connection a request does not wait for one. */
    @Bean
    LettuceClientOptionsBuilderCustomizer rejectWithoutConnection() {
        return options -> options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS);
    }

    /** After a long outage as after a short one; Lettuce would wait for up to 30 s. */
    @Bean
    ClientResourcesBuilderCustomizer quickReconnect() {
        return resources -> resources.reconnectDelay(Delay.constant(RECONNECT));
    }

    /** Without Redis the application is slower and not broken: the component is {@code UNKNOWN}, and the application stays {@code UP}. */
    @Bean
    HealthIndicator redisHealthIndicator(RedisConnectionFactory redis) {
        DataRedisHealthIndicator indicator = new DataRedisHealthIndicator(redis);
        return () -> {
            Health health = indicator.health();
            return Status.DOWN.equals(health.getStatus())
                    ? Health.unknown().withDetails(health.getDetails()).build()
                    : health;
        };
    }
}
