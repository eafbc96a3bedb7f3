package dev.outbox.retention;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of finished events, and when.
 *
 * @param mode what becomes of them
 * @param published after which time, since they were published, or since their last failure where they were discarded
 * @param archived after which time, since the same moment, they are deleted from the archive; null for never
 * @param audit after which time, since they were recorded, lines of the audit trail are deleted; null for never
 * @param chunk how many rows one transaction looks at, from 1 to 10,000
 */
public record RetentionRules(
        RetentionMode mode,
        Duration published,
        @Nullable Duration archived,
        @Nullable Duration audit,
        int chunk) {
    private static final int MAX_CHUNK = 10_000;

    /** @throws OutboxConfigurationException if a value makes no sense */
    public RetentionRules {
        require(isPositive(published), "published", published, "Set it to a positive duration such as 30d.");
        require(
                archived == null || archived.compareTo(published) > 0,
                "archived",
                String.valueOf(archived),
                "Set it to more than outbox.retention.published, %s, or leave it out to keep archived events."
                        .formatted(published));
        require(
                audit == null || isPositive(audit),
                "audit",
                String.valueOf(audit),
                "Set it to a positive duration such as 3650d, or leave it out to keep the audit trail.");
        require(
                chunk >= 1 && chunk <= MAX_CHUNK,
                "chunk-size",
                chunk,
                "Set it to a number from 1 to " + MAX_CHUNK + ".");
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean fine, String property, Object value, String action) {
        if (fine) return;
        throw new OutboxConfigurationException("outbox.retention.%s is %s.".formatted(property, value), action);
    }

    /** These, but of the audit trail alone: for tables that have no events. */
    public RetentionRules auditOnly() {
        return new RetentionRules(RetentionMode.KEEP, published, null, audit, chunk);
    }

    /** Whether there is nothing to do. */
    public boolean keepEverything() {
        return mode == RetentionMode.KEEP && archived == null && audit == null;
    }
}
