package dev.outbox.sample.product.infra;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * For how long products stay in the cache, unless they change before. It is also for how long something old can be shown at most, whatever happens to Redis or to
 * a process between its commit and its eviction.
 *
 * @param productTtl a product; 30 s by default, at most {@value #MOST_MINUTES} minutes
 * @param pageTtl a page of the list of products; 10 s by default, at most {@value #MOST_MINUTES} minutes
 */
@ConfigurationProperties("sample.cache")
record CacheProperties(
        @DefaultValue("30s") Duration productTtl,
        @DefaultValue("10s") Duration pageTtl) {
    private static final int MOST_MINUTES = 30;

    CacheProperties {
        requireSensible("product-ttl", productTtl);
        requireSensible("page-ttl", pageTtl);
    }

    private static void requireSensible(String property, Duration ttl) {
        if (ttl.compareTo(Duration.ofMillis(1)) < 0 || ttl.compareTo(Duration.ofMinutes(MOST_MINUTES)) > 0) {
            throw new IllegalArgumentException("sample.cache.%s must be between 1 ms and %d minutes, not %s."
                    .formatted(property, MOST_MINUTES, ttl));
        }
    }
}
