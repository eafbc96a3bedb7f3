package dev.outbox.boot;

import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.spi.EventSender;
import java.net.URI;
import java.net.URISyntaxException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ProducerFactory;

/** The way to Kafka: a producer of our own with the application's settings ({@code spring.kafka.*}). */
@AutoConfiguration(
        after = OutboxAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.autoconfigure.kafka.KafkaAutoConfiguration",
            "org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration"
        })
@ConditionalOnClass({KafkaEventSender.class, ProducerFactory.class})
@ConditionalOnBean(value = ProducerFactory.class, name = "outboxSchema")
@ConditionalOnBooleanProperty(name = "outbox.relay.enabled", matchIfMissing = true)
public final class OutboxKafkaAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(EventSender.class)
    KafkaEventSender outboxKafkaEventSender(
            ProducerFactory<?, ?> producers, RelayProperties relay, OutboxProperties outbox, Environment environment) {
        String source = outbox.source() == null
                ? sourceOf(environment.getProperty("spring.application.name", "application"))
                : outbox.source();
        return KafkaEventSender.create(producers.getConfigurationProperties(), relay.sendTimeout(), source);
    }

    /** A slash and the name, with what a URI does not allow percent-encoded. */
    private static String sourceOf(String applicationName) {
        try {
            return new URI(null, null, "/" + applicationName, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot be: every path can be encoded", e);
        }
    }
}
