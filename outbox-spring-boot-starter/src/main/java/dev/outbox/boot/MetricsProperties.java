package dev.outbox.boot;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is measured beside what a relay does.
 *
 * @param interval how often the relay's process looks at the table of events, for metrics and health; and how often a process asks
 *     how far consumer groups are behind
 * @param consumerGroups the consumer groups to ask for; by default those of this application's own @KafkaListener methods
 */
@ConfigurationProperties("outbox.metrics")
record MetricsProperties(
        @DefaultValue("15s") Duration interval, @Nullable List<String> consumerGroups) {
    MetricsProperties {
        if (interval.isNegative() || interval.isZero())
            throw new OutboxConfigurationException(
                    "outbox.metrics.interval is %s.".formatted(interval), "Set it to a positive duration such as 15s.");
    }
}
