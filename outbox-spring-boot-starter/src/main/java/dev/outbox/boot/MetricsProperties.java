package dev.outbox.boot;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is measured beside what a relay does.
 *
 * @param interval how often the relay's process looks at the table of events, for metrics and health
 */
@ConfigurationProperties("outbox.metrics")
record MetricsProperties(@DefaultValue("15s") Duration interval) {
    MetricsProperties {
        if (interval.isNegative() || interval.isZero())
            throw new OutboxConfigurationException(
                    "outbox.metrics.interval is %s.".formatted(interval), "Set it to a positive duration such as 15s.");
    }
}
