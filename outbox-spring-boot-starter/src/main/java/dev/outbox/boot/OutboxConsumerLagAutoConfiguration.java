package dev.outbox.boot;

import dev.outbox.kafka.ConsumerLag;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.MessageListenerContainer;

/** How far consumers are behind, where the application has metrics. It needs neither the tables nor a relay. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.kafka.KafkaAutoConfiguration",
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass({ConsumerLag.class, ConsumerFactory.class})
@ConditionalOnBean({ConsumerFactory.class, MeterRegistry.class})
@EnableConfigurationProperties(MetricsProperties.class)
public final class OutboxConsumerLagAutoConfiguration {
    @Bean
    ConsumerLagSampler outboxConsumerLag(
            ConsumerFactory<?, ?> consumers,
            MeterRegistry registry,
            MetricsProperties properties,
            ObjectProvider<KafkaListenerEndpointRegistry> listeners) {
        List<String> named = properties.consumerGroups();
        return new ConsumerLagSampler(
                () -> named == null ? groups(listeners) : named,
                () -> ConsumerLag.create(consumers.getConfigurationProperties()),
                properties.interval(),
                registry);
    }

    /** Of all containers that {@code @KafkaListener} has made so far. */
    private static Collection<String> groups(ObjectProvider<KafkaListenerEndpointRegistry> listeners) {
        return listeners.stream()
                .flatMap(registry -> registry.getListenerContainers().stream())
                .map(MessageListenerContainer::getGroupId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }
}
