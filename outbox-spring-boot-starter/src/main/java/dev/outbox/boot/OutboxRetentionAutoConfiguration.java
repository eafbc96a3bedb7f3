package dev.outbox.boot;

import dev.outbox.retention.EventRetention;
import dev.outbox.retention.TableForecast;
import dev.outbox.retention.TableWatch;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ReplayStore;
import dev.outbox.store.RetentionStore;
import dev.outbox.store.TableSize;
import java.time.Clock;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** What becomes of finished events, where events are sent. */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnBean(name = "outboxSchema")
@ConditionalOnBooleanProperty(name = "outbox.relay.enabled", matchIfMissing = true)
public final class OutboxRetentionAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(OutboxRetentionAutoConfiguration.class);

    @Bean
    EventRetention outboxRetention(
            @OutboxRelayDataSource OutboxTables tables, RetentionProperties properties, ReplayStore replays) {
        RetentionStore store = new RetentionStore(tables, replays);
        return new EventRetention(store, properties.rules());
    }

    /** How the tables grow; none where no limit is named. */
    @Bean
    @ConditionalOnProperty("outbox.retention.table-limit")
    TableForecast outboxTableForecast(@OutboxRelayDataSource OutboxTables tables, RetentionProperties properties) {
        if (new TableSize(tables).bytes().isEmpty()) {
            log.warn("outbox.retention.table-limit has no effect: this database does not tell how large a table is.");
        }
        return new TableForecast(Objects.requireNonNull(properties.tableLimit()).toBytes(), Clock.systemUTC());
    }

    @Bean
    RetentionJob outboxRetentionJob(
            EventRetention retention,
            @OutboxRelayDataSource OutboxTables tables,
            RetentionProperties properties,
            ObjectProvider<TableForecast> forecasts) {
        RetentionLock lock = new RetentionLock(tables, RetentionJob.LONGEST_LOCK, properties.interval());
        TableForecast forecast = forecasts.getIfAvailable();
        TableWatch watch =
                forecast == null ? null : new TableWatch(new TableSize(tables), forecast, properties.warnBefore());
        return new RetentionJob(retention, lock, properties.interval(), watch);
    }
}
