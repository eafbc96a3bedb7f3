package dev.outbox.boot;

import dev.outbox.publish.MessageLimits;
import dev.outbox.store.OutboxTables;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * The outbox as a whole.
 *
 * @param enabled whether anything of the outbox is configured; off, there is no OutboxPublisher to inject
 * @param lanes how many lanes to make together with the tables, from 1 to 1024; 64 by default
 * @param source the CloudEvents source of all events of this application; by default a slash and spring.application.name
 */
@ConfigurationProperties("outbox")
record OutboxProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Integer lanes,
        @Nullable String source,
        @DefaultValue Schema schema,
        @DefaultValue Publish publish,
        @DefaultValue Quarantine quarantine) {
    /**
     * The tables.
     *
     * @param initialize whether to create or update the outbox tables at start; off, they have to be there
     * @param name the schema, which in MySQL and MariaDB is a database, in which the outbox tables are; by default the current schema of each connection
     * @param tablePrefix what the names of the outbox tables begin with
     */
    record Schema(
            @DefaultValue("false") boolean initialize,
            @Nullable String name,
            @DefaultValue(OutboxTables.DEFAULT_PREFIX) String tablePrefix) {
        OutboxTables tables(DataSource dataSource) {
            return new OutboxTables(dataSource, StringUtils.hasLength(name) ? name : null, tablePrefix);
        }
    }

    /**
     * What is published.
     *
     * @param maxPayloadSize the largest payload; has to leave room for key and headers below the producer's max.request.size
     * @param applicationEvents whether objects annotated with @OutboxEvent that are published through Spring's ApplicationEventPublisher are stored
     *     as well
     * @param requestId whether the id of the request that is being worked on, requestId in the log's MDC, is stored with an event as the header requestid
     */
    record Publish(
            @DefaultValue(MessageLimits.DEFAULT_MAX_PAYLOAD_BYTES + "B")
            DataSize maxPayloadSize,

            @DefaultValue("false") boolean applicationEvents,
            @DefaultValue("true") boolean requestId) {}

    /** @param blocksKey whether later events of a key wait while one of it is in quarantine */
    record Quarantine(@DefaultValue("true") boolean blocksKey) {}
}
