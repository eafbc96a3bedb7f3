package dev.outbox.boot;

import dev.outbox.EventQuarantined;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.publish.QuarantineTopic;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelayStores;
import dev.outbox.relay.Replayer;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.QuarantineListener;
import dev.outbox.store.BatchMarking;
import dev.outbox.store.BatchStore;
import dev.outbox.store.LaneStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.PauseStore;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.ReplayStore;
import dev.outbox.tracing.SendTracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The relay and when it runs. */
@AutoConfiguration(
        after = {OutboxAutoConfiguration.class, OutboxKafkaAutoConfiguration.class},
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnBean(name = "outboxSchema")
@ConditionalOnBooleanProperty(name = "outbox.relay.enabled", matchIfMissing = true)
@Import(RelayPoolCheck.class)
@EnableConfigurationProperties({RelayProperties.class, RetryProperties.class})
public final class OutboxRelayAutoConfiguration {
    @Bean
    RelayStores outboxRelayStores(LaneStore lanes, BatchStore batches, KafkaProperties kafka) {
        String topic = kafka.deadLetterTopic();
        QuarantineTopic deadLetters = topic == null ? null : new QuarantineTopic(topic, lanes.count());
        return new RelayStores(lanes, batches, new BatchMarking(lanes, batches, deadLetters));
    }

    @Bean
    Relay outboxRelay(
            RelayStores stores,
            ObjectProvider<EventSender> sender,
            ObjectProvider<QuarantineListener> quarantineListeners,
            ObjectProvider<MeterRegistry> meters,
            ObjectProvider<SendTracing> tracing,
            RelayProperties properties,
            RetryProperties retries) {
        QuarantineListener all = (event, error) ->
                quarantineListeners.orderedStream().forEach(listener -> listener.quarantined(event, error));
        MeterRegistry registry = meters.getIfAvailable(SimpleMeterRegistry::new);
        return new Relay(stores, traced(sender, tracing), all, properties.settings(retries.rules()), owner(), registry);
    }

    /** Replays are run where a relay is, with what it sends with. */
    @Bean
    Replayer outboxReplayer(
            @OutboxRelayDataSource OutboxTables tables,
            ReplayStore replays,
            ObjectProvider<EventSender> sender,
            ObjectProvider<MeterRegistry> meters,
            ObjectProvider<SendTracing> tracing,
            RelayProperties properties,
            RetryProperties retries) {
        return new Replayer(
                new ReplayRunStore(tables, replays),
                new PauseStore(tables),
                traced(sender, tracing),
                properties.settings(retries.rules()),
                owner(),
                Replayer.DEFAULT_LOOK,
                meters.getIfAvailable(SimpleMeterRegistry::new));
    }

    private static EventSender traced(ObjectProvider<EventSender> sender, ObjectProvider<SendTracing> tracing) {
        return tracing.getIfAvailable(() -> SendTracing.OFF).around(existing(sender));
    }

    @Bean
    QuarantineListener outboxQuarantineEvents(ApplicationEventPublisher events) {
        return (event, error) -> events.publishEvent(new EventQuarantined(
                event.eventId(), event.eventType(), event.aggregateType(), event.aggregateId(), event.topic(), error));
    }

    private static EventSender existing(ObjectProvider<EventSender> senders) {
        EventSender sender = senders.getIfAvailable();
        if (sender != null) return sender;
        throw new OutboxConfigurationException(
                "The outbox relay has nothing to send with: there is no Kafka ProducerFactory and no EventSender bean.",
                "Add spring-boot-starter-kafka and spring.kafka.bootstrap-servers, or declare an EventSender bean,"
                        + " or set outbox.relay.enabled=false if another process sends the events.");
    }

    /** Process id and host, such as {@code 4711@orders-7d9f}: what an operator needs to find the owner of a lane. */
    private static String owner() {
        String name = ManagementFactory.getRuntimeMXBean().getName();
        return name.substring(0, Math.min(name.length(), 200));
    }

    @Bean
    SmartLifecycle outboxRelayLifecycle(Relay relay, Replayer replayer) {
        return new RelayLifecycle(relay, replayer);
    }

    /** Starts before the web server and the listeners, and stops after them: what their last transactions stored is still sent. */
    private record RelayLifecycle(Relay relay, Replayer replayer) implements SmartLifecycle {
        @Override
        public void start() {
            relay.start();
            replayer.start();
        }

        @Override
        public void stop() {
            replayer.stopSoon(); // so that the two waits are one
            relay.stop();
            replayer.stop();
        }

        @Override
        public boolean isRunning() {
            return relay.isRunning();
        }

        @Override
        public int getPhase() {
            return DEFAULT_PHASE - 4096;
        }
    }
}
