package dev.outbox.sample.dataplatform.infra;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * How the data platform is asked. The limits see to it that an event with all its tries takes less than {@code outbox.inbox.claim-time} (1 min), after which another process would begin with it.
 *
 * @param url where events are posted; null for the mock of this application
 * @param timeout how long a connection, and then an answer, is waited for: up to 10 s; 3 s by default
 * @param retries how often an event is tried again: up to 3 times, which is the default
 * @param retryDelay the pause before the first time, twice as long before each other: up to 1 s, which is the default and gives 1 s, 2 s and 4 s
 * @param openFor how long the circuit breaker keeps everything back before it tries again; 10 s by default
 * @param maxConcurrentCalls how many calls there are at once at most; 4 by default
 */
@ConfigurationProperties("sample.data-platform")
record DataPlatformProperties(
        @Nullable String url,
        @DefaultValue("3s") Duration timeout,
        @DefaultValue("3") int retries,
        @DefaultValue("1s") Duration retryDelay,
        @DefaultValue("10s") Duration openFor,
        @DefaultValue("4") int maxConcurrentCalls) {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    DataPlatformProperties {
        if (StringUtils.hasText(url) && !isHttp(url)) {
            throw new IllegalArgumentException(
                    "sample.data-platform.url is no address of HTTP: it has to begin with http:// or https://, and to name a host");
        }
        require("timeout", timeout, Duration.ofSeconds(10));
        if (retries < 0 || retries > 3) {
            throw new IllegalArgumentException(
                    "sample.data-platform.retries is %d, but has to be from 0 to 3".formatted(retries));
        }
        require("retry-delay", retryDelay, Duration.ofSeconds(1));
        require("open-for", openFor, Duration.ofMinutes(10));
        if (maxConcurrentCalls < 1 || maxConcurrentCalls > 1000) {
            throw new IllegalArgumentException(
                    "sample.data-platform.max-concurrent-calls is %d, but has to be from 1 to 1000"
                            .formatted(maxConcurrentCalls));
        }
    }

    private static void require(String property, Duration value, Duration longest) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException("sample.data-platform.%s is %s, but has to be from %s to %s"
                    .formatted(property, value, SHORTEST, longest));
        }
    }

    /** The address may have a password in it, so it is in no message. */
    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
                    && StringUtils.hasText(uri.getHost());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** How often an event is tried at most, the first time included. */
    int tries() {
        return retries + 1;
    }
}
