package dev.outbox.boot;

import dev.outbox.retention.EventRetention;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.RetentionStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;

/** What becomes of finished events, where events are sent. */
@AutoConfiguration(after = OutboxAutoConfiguration.class)
@ConditionalOnBean(name = "outboxSchema")
@ConditionalOnBooleanProperty(name = "outbox.relay.enabled", matchIfMissing = true)
public final class OutboxRetentionAutoConfiguration {
    @Bean
    EventRetention outboxRetention(
            @OutboxRelayDataSource OutboxTables tables,
            RetentionProperties properties,
            ObjectProvider<EventsInUse> inUse) {
        RetentionStore store = new RetentionStore(tables, inUse.getIfAvailable(() -> EventsInUse.NONE));
        return new EventRetention(store, properties.rules());
    }

    @Bean
    RetentionJob outboxRetentionJob(
            EventRetention retention, @OutboxRelayDataSource OutboxTables tables, RetentionProperties properties) {
        RetentionLock lock = new RetentionLock(tables, RetentionJob.LONGEST_LOCK, properties.interval());
        return new RetentionJob(retention, lock, properties.interval());
    }
}
