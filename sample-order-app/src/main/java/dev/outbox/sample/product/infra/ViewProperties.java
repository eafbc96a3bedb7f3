package dev.outbox.sample.product.infra;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How views of products are counted.
 *
 * @param flushInterval how long they stay in the memory of a process before they are published; 1 s by default, from 10 ms to 10 minutes
 */
@ConfigurationProperties("sample.views")
record ViewProperties(@DefaultValue("1s") Duration flushInterval) {
    ViewProperties {
        if (flushInterval.compareTo(Duration.ofMillis(10)) < 0 || flushInterval.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException(
                    "sample.views.flush-interval must be between 10 ms and 10 minutes, not %s."
                            .formatted(flushInterval));
        }
    }
}
