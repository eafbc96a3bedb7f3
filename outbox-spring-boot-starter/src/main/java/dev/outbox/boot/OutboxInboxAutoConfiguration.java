package dev.outbox.boot;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.inbox.InboxHandlings;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.inbox.operate.StoredHandlings;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The consumer side; independent of the outbox's own tables, so that a service may only consume. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
            "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(InboxProcessor.class)
@ConditionalOnBean({DataSource.class, PlatformTransactionManager.class})
@ConditionalOnBooleanProperty(name = "outbox.inbox.enabled", matchIfMissing = true)
@EnableConfigurationProperties({InboxProperties.class, RetentionProperties.class})
public final class OutboxInboxAutoConfiguration {
    @Bean
    @DependsOnDatabaseInitialization
    Schema inboxSchema(DataSource dataSource, InboxProperties properties, ObjectProvider<OutboxTables> outbox) {
        OutboxTables tables = properties.schema().tables(dataSource);
        if (tables.equals(outbox.getIfAvailable())) throw samePlace(tables);
        Schema schema = InboxStore.schema(tables);
        if (properties.schema().initialize()) schema.install();
        schema.verify();
        return schema;
    }

    @Bean
    @ConditionalOnMissingBean
    InboxProcessor inboxProcessor(
            DataSource dataSource,
            InboxProperties properties,
            Schema inboxSchema,
            PlatformTransactionManager transactions,
            ObjectProvider<PayloadCipher> cipher,
            ObjectProvider<MeterRegistry> meters) {
        return new InboxProcessor(
                properties.schema().tables(dataSource),
                new TransactionTemplate(transactions),
                cipher.getIfAvailable(),
                properties.retention(),
                new HeldKeyStore(properties.schema().tables(dataSource))::heldAmong,
                meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    /** What operators see of it. */
    @Bean
    @ConditionalOnMissingBean
    InboxHandlings inboxHandlings(
            DataSource dataSource,
            InboxProperties properties,
            Schema inboxSchema,
            ObjectProvider<AccessControl> access) {
        return new StoredHandlings(
                properties.schema().tables(dataSource), access.getIfAvailable(AccessControl::denyAll));
    }

    @Bean
    InboxRetention inboxRetention(
            DataSource dataSource, InboxProperties properties, RetentionProperties retention, Schema inboxSchema) {
        return new InboxRetention(
                properties.schema().tables(dataSource),
                properties.retention(),
                retention.rules(),
                properties.retentionInterval());
    }

    private static OutboxConfigurationException samePlace(OutboxTables tables) {
        return new OutboxConfigurationException(
                "The tables of the outbox and of the inbox both have the prefix '%s' in the same schema."
                        .formatted(tables.prefix()),
                "Give outbox.schema.table-prefix and outbox.inbox.schema.table-prefix different values.");
    }
}
