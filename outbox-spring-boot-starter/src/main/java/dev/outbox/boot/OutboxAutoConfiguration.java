package dev.outbox.boot;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPublisher;
import dev.outbox.OutboxReplays;
import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.encryption.KeysInMemory;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.operate.StoredOperations;
import dev.outbox.operate.StoredReplays;
import dev.outbox.publish.MessageLimits;
import dev.outbox.publish.PublishRules;
import dev.outbox.publish.TopicRouting;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.Relay;
import dev.outbox.retention.RetentionMode;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.KeyRing;
import dev.outbox.spi.PayloadFormat;
import dev.outbox.spi.TopicRouter;
import dev.outbox.store.BatchRules;
import dev.outbox.store.BatchStore;
import dev.outbox.store.CallerTransaction;
import dev.outbox.store.EventStore;
import dev.outbox.store.LaneStore;
import dev.outbox.store.Lanes;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.QuarantineStore;
import dev.outbox.store.ReplayStore;
import dev.outbox.store.Schema;
import dev.outbox.tracing.PublishTracing;
import java.time.Clock;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;

/** The publisher and the tables it writes to. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration",
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration"
        })
@ConditionalOnBean(DataSource.class)
@ConditionalOnBooleanProperty(name = "outbox.enabled", matchIfMissing = true)
@EnableConfigurationProperties({OutboxProperties.class, KafkaProperties.class, RetentionProperties.class})
public final class OutboxAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(OutboxAutoConfiguration.class);

    @Bean
    OutboxTables outboxTables(DataSource dataSource, OutboxProperties properties) {
        return properties.schema().tables(dataSource);
    }

    /** The tables, those of a publisher there and of the right version: whatever uses them depends on this bean. After Flyway and the like. */
    @Bean
    @DependsOnDatabaseInitialization
    Schema outboxSchema(OutboxTables tables, OutboxProperties properties) {
        Integer wanted = properties.lanes();
        Schema schema = Schema.publisher(tables, wanted == null ? Lanes.DEFAULT : new Lanes(wanted));
        if (properties.schema().initialize()) schema.install();
        schema.verify();
        warnIfOthersThan(wanted, LaneStore.of(tables).count());
        return schema;
    }

    @Bean
    EventStore outboxEventStore(OutboxTables tables, Schema outboxSchema) {
        return new EventStore(tables);
    }

    /** The same tables as relays and operators reach them: all there, unless this process only publishes. */
    @Bean(defaultCandidate = false)
    @OutboxRelayDataSource
    OutboxTables outboxRelayTables(
            OutboxTables tables,
            Schema outboxSchema,
            @OutboxRelayDataSource ObjectProvider<DataSource> relayDataSource,
            @Value("${outbox.relay.enabled:true}") boolean relay) {
        DataSource own = relayDataSource.getIfAvailable();
        OutboxTables relayTables = own == null ? tables : new OutboxTables(own, tables.schema(), tables.prefix());
        if (relay || own != null) Schema.outbox(relayTables).verify();
        return relayTables;
    }

    @Bean
    OutboxOperations outboxOperations(
            @OutboxRelayDataSource OutboxTables tables,
            QuarantineStore quarantine,
            ObjectProvider<AccessControl> access,
            ObjectProvider<PayloadCipher> ciphers) {
        EventStore events = new EventStore(tables); // a publisher's user need not be able to read
        return new StoredOperations(
                tables, events, quarantine, access.getIfAvailable(AccessControl::denyAll), ciphers.getIfAvailable());
    }

    @Bean
    ReplayStore outboxReplayStore(@OutboxRelayDataSource OutboxTables tables) {
        return new ReplayStore(tables);
    }

    @Bean
    OutboxReplays outboxReplays(
            @OutboxRelayDataSource OutboxTables tables, ReplayStore replays, ObjectProvider<AccessControl> access) {
        return new StoredReplays(tables, replays, access.getIfAvailable(AccessControl::denyAll), Clock.systemUTC());
    }

    @Bean
    LaneStore outboxLaneStore(@OutboxRelayDataSource OutboxTables tables) {
        return LaneStore.of(tables);
    }

    private static void warnIfOthersThan(@Nullable Integer wanted, int existing) {
        if (wanted == null || wanted == existing) return;
        log.warn(
                "outbox.lanes is {}, but the tables were made with {} lanes, and the outbox goes on with {}: to change their number, stop what"
                        + " publishes, let the relays send everything, stop them, change the rows of the lane table, and start again.",
                wanted,
                existing,
                existing);
    }

    @Bean
    BatchStore outboxBatchStore(
            @OutboxRelayDataSource OutboxTables tables, OutboxProperties properties, RetentionProperties retention) {
        boolean deletes = retention.mode() == RetentionMode.DELETE_AT_ONCE;
        return BatchStore.of(tables, new BatchRules(properties.quarantine().blocksKey(), deletes));
    }

    @Bean
    QuarantineStore outboxQuarantineStore(
            @OutboxRelayDataSource OutboxTables tables, LaneStore lanes, BatchStore batches) {
        return new QuarantineStore(tables, lanes, batches);
    }

    @Bean
    @ConditionalOnMissingBean
    OutboxPublisher outboxPublisher(
            OutboxTables tables,
            EventStore events,
            PayloadFormat format,
            OutboxProperties properties,
            KafkaProperties kafka,
            ObjectProvider<TopicRouter> routers,
            ObjectProvider<EncryptionPolicy> encryption,
            ObjectProvider<KeyRing> keys,
            ObjectProvider<PublishTracing> tracing,
            ObjectProvider<Relay> relay) {
        return new TransactionalOutboxPublisher(
                new CallerTransaction(tables.dataSource()),
                events,
                LaneStore.of(tables).count(),
                format,
                new PublishRules(
                        limits(properties),
                        new TopicRouting(kafka.rules(), type -> routedTopic(routers, type)),
                        usable(encryption.getIfAvailable(EncryptionPolicy::off), keys),
                        tracing.getIfAvailable(() -> PublishTracing.OFF),
                        properties.publish().requestId()),
                nudge(relay));
    }

    @Bean
    @ConditionalOnBooleanProperty(name = "outbox.publish.application-events")
    ApplicationEventsToOutbox outboxApplicationEvents(OutboxPublisher publisher) {
        return new ApplicationEventsToOutbox(publisher);
    }

    /** That of the first router that knows one. */
    private static @Nullable String routedTopic(ObjectProvider<TopicRouter> routers, String aggregateType) {
        return routers.orderedStream()
                .map(router -> router.topicOf(aggregateType))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static MessageLimits limits(OutboxProperties properties) {
        long bytes = properties.publish().maxPayloadSize().toBytes();
        if (bytes < 1 || bytes > Integer.MAX_VALUE) {
            throw new OutboxConfigurationException(
                    "outbox.publish.max-payload-size is %d bytes.".formatted(bytes),
                    "Set it to a size between 1B and 2GB, below the producer's max.request.size.");
        }
        return new MessageLimits((int) bytes);
    }

    /** Whether a ring of the application has an active key may not be known yet. */
    private static EncryptionPolicy usable(EncryptionPolicy encryption, ObjectProvider<KeyRing> keys) {
        if (encryption.encryptsSomeTypes()
                && keys.getIfAvailable() instanceof KeysInMemory ring
                && ring.active().isEmpty()) {
            throw new OutboxConfigurationException(
                    "Payloads are to be encrypted, but there is no active key among the %s.".formatted(ring),
                    "Set outbox.encryption.active-key-id to one of them, or outbox.enabled=false where nothing is published.");
        }
        return encryption;
    }

    private static Runnable nudge(ObjectProvider<Relay> relays) {
        Relay relay = relays.getIfAvailable();
        return relay == null ? () -> {} : relay::nudge;
    }
}
