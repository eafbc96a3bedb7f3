package dev.outbox.boot;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What becomes of events that are finished.
 *
 * @param mode whether they are deleted after a while, archived after a while, kept, or deleted when they are acknowledged
 * @param published after which time, since they were published, they are deleted or archived
 * @param archived after which time, since they were published, they are deleted from the archive; by default never
 * @param interval how often it is looked for them, by one instance at a time
 * @param chunkSize how many rows one transaction looks at
 */
@ConfigurationProperties("outbox.retention")
record RetentionProperties(
        @DefaultValue("delete") RetentionMode mode,
        @DefaultValue("30d") Duration published,
        @Nullable Duration archived,
        @DefaultValue("1h") Duration interval,
        @DefaultValue("1000") int chunkSize) {
    RetentionProperties {
        if (interval.isNegative() || interval.isZero()) {
            throw new OutboxConfigurationException(
                    "outbox.retention.interval is %s.".formatted(interval),
                    "Set it to a positive duration such as 1h.");
        }
    }

    RetentionRules rules() {
        return new RetentionRules(mode, published, archived, chunkSize);
    }
}
