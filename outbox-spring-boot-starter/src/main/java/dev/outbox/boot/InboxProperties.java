package dev.outbox.boot;

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
 * @param claimTime how long work without a transaction is claimed: longer than it ever takes, because afterwards somebody else may begin it again
 */
@ConfigurationProperties("outbox.inbox")
record InboxProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("30d") Duration retention,
        @DefaultValue("1m") Duration claimTime,
        @DefaultValue Schema schema) {
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
