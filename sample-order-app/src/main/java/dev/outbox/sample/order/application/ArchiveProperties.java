package dev.outbox.sample.order.application;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which orders are archived. When that happens is {@code sample.archive.cron}.
 *
 * @param after how long after they were cancelled or completed
 * @param batchSize how many in one transaction, from 1 to 10,000
 */
@ConfigurationProperties("sample.archive")
record ArchiveProperties(
        @DefaultValue("90d") Duration after,
        @DefaultValue("500") int batchSize) {
    ArchiveProperties {
        if (after.isNegative()) {
            throw new IllegalArgumentException("sample.archive.after is %s, but must not be negative".formatted(after));
        }
        if (batchSize < 1 || batchSize > 10_000) {
            throw new IllegalArgumentException(
                    "sample.archive.batch-size is %d, but has to be from 1 to 10000".formatted(batchSize));
        }
    }
}
