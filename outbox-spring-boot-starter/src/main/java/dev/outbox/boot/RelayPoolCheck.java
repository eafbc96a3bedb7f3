package dev.outbox.boot;

import dev.outbox.store.OutboxTables;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Says at start that a connection pool is too small for the relay's workers, where its size can be known. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(DataSourcePoolMetadataProvider.class)
final class RelayPoolCheck {
    private static final Logger log = LoggerFactory.getLogger(RelayPoolCheck.class);

    @Bean
    SmartInitializingSingleton outboxRelayPoolCheck(
            OutboxTables application,
            @OutboxRelayDataSource OutboxTables relay,
            ObjectProvider<DataSourcePoolMetadataProvider> pools,
            RelayProperties properties) {
        return () -> {
            Integer size = size(relay.dataSource(), pools);
            if (size == null) return;
            if (relay.dataSource() != application.dataSource()) warnOfOwnPool(size, properties.workers());
            else warnOfSharedPool(size, properties.workers());
        };
    }

    private static @Nullable Integer size(DataSource dataSource, ObjectProvider<DataSourcePoolMetadataProvider> pools) {
        DataSourcePoolMetadata pool = new CompositeDataSourcePoolMetadataProvider(
                        pools.orderedStream().toList())
                .getDataSourcePoolMetadata(dataSource);
        return pool == null ? null : pool.getMax();
    }

    /** Each worker takes one, and a replay as well. */
    private static void warnOfSharedPool(int size, int workers) {
        int most = workers + 1;
        if (size > most) return;
        log.warn(
                "The connection pool has {} connections, and {} workers of the outbox relay and a replay take up to {}, so they can leave the application none, and"
                        + " requests wait or fail: raise spring.datasource.hikari.maximum-pool-size to more than {}, or lower outbox.relay.workers.",
                size,
                workers,
                most,
                most);
    }

    /** A replay waits its turn: it takes a connection a few times in a second, and keeps to its rate. */
    private static void warnOfOwnPool(int size, int workers) {
        if (size >= workers) return;
        log.warn(
                "The outbox relay's own connection pool has {} connections for {} workers, so {} of them can only wait for the others: raise its"
                        + " maximum-pool-size to {}, or lower outbox.relay.workers to {}.",
                size,
                workers,
                workers - size,
                workers,
                size);
    }
}
