package dev.outbox.boot;

import dev.outbox.inbox.listener.RecordRetries;
import dev.outbox.store.OutboxTables;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * The inbox.
 *
 * @param enabled whether the inbox is configured where its module is on the class path
 * @param retention how long it is remembered what was handled; longer than topics keep records
 * @param retentionInterval how often it is looked for what may be forgotten, and for old lines of the inbox's audit trail
 * @param deadLetterTopic where listeners put records that they cannot handle; {@code {topic}} stands for the topic of the record
 * @param claimTime how long work without a transaction is claimed: longer than it ever takes, because afterwards somebody else may begin it again
 */
@ConfigurationProperties("outbox.inbox")
record InboxProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("30d") Duration retention,
        @DefaultValue("1h") Duration retentionInterval,
        @DefaultValue("1m") Duration claimTime,
        @DefaultValue("{topic}.DLT") String deadLetterTopic,
        @DefaultValue Retry retry,
        @DefaultValue Schema schema) {
    /**
     * How often a listener tries a record before it is put aside.
     *
     * @param maxAttempts how many failures send a record to the dead-letter topic; outages do not count
     * @param initialDelay the pause after the first failure; the partition waits meanwhile
     * @param multiplier how many times as long each pause is as the one before
     * @param maxDelay no pause is longer; well below {@code max.poll.interval.ms}, after which a consumer loses its partitions
     */
    record Retry(
            @DefaultValue("4") int maxAttempts,
            @DefaultValue("1s") Duration initialDelay,
            @DefaultValue("2") double multiplier,
            @DefaultValue("10s") Duration maxDelay) {
        RecordRetries retries() {
            return new RecordRetries(maxAttempts, initialDelay, multiplier, maxDelay);
        }
    }

    /**
     * The tables.
     *
     * @param initialize whether to create or update the inbox tables at start; off, they have to be there
     * @param name the schema, which in MySQL and MariaDB is a database, in which the inbox tables are; by default the current schema of each connection
     * @param tablePrefix what the names of the inbox tables begin with; another than the outbox's, if both are in one schema
     */
    record Schema(
            @DefaultValue("false") boolean initialize,
            @Nullable String name,
            @DefaultValue("inbox_") String tablePrefix) {
        OutboxTables tables(DataSource dataSource) {
            return new OutboxTables(dataSource, StringUtils.hasLength(name) ? name : null, tablePrefix);
        }
    }
}
