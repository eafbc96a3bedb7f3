package dev.outbox.boot;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What becomes of events that are finished.
 *
 * @param mode whether they are deleted after a while, archived after a while, kept, or deleted when they are acknowledged
 * @param published after which time, since they were published, they are deleted or archived
 * @param archived after which time, since they were published, they are deleted from the archive; by default never
 * @param audit after which time lines of the audit trail are deleted, of the inbox's as well; by default never
 * @param interval how often it is looked for all these, by one instance at a time
 * @param chunkSize how many rows one transaction looks at
 * @param tableLimit which size the tables of events and of archived ones should not reach together, indexes included; by default nothing is watched
 * @param warnBefore how long before they reach it, at the rate at which they grow, the log warns
 */
@ConfigurationProperties("outbox.retention")
record RetentionProperties(
        @DefaultValue("delete") RetentionMode mode,
        @DefaultValue("30d") Duration published,
        @Nullable Duration archived,
        @Nullable Duration audit,
        @DefaultValue("1h") Duration interval,
        @DefaultValue("1000") int chunkSize,
        @Nullable DataSize tableLimit,
        @DefaultValue("1d") Duration warnBefore) {
    RetentionProperties {
        requirePositive("interval", interval, interval.isNegative() || interval.isZero(), "duration such as 1h");
        requirePositive(
                "warn-before", warnBefore, warnBefore.isNegative() || warnBefore.isZero(), "duration such as 1d");
        if (tableLimit != null) {
            requirePositive("table-limit", tableLimit, tableLimit.toBytes() <= 0, "size such as 100GB");
        }
    }

    private static void requirePositive(String property, Object value, boolean wrong, String example) {
        if (!wrong) return;
        throw new OutboxConfigurationException(
                "outbox.retention.%s is %s.".formatted(property, value), "Set it to a positive %s.".formatted(example));
    }

    RetentionRules rules() {
        return new RetentionRules(mode, published, archived, audit, chunkSize);
    }
}
