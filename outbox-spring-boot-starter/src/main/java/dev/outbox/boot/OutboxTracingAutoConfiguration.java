package dev.outbox.boot;

import dev.outbox.tracing.ObservedPublishing;
import dev.outbox.tracing.ObservedSending;
import dev.outbox.tracing.PublishTracing;
import dev.outbox.tracing.SendTracing;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.propagation.Propagator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Traces from the publisher to the consumer, where the application has a tracer that takes traces along. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.tracing.BraveAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"
        })
@ConditionalOnClass({ObservationRegistry.class, Propagator.class})
@ConditionalOnBean({ObservationRegistry.class, Propagator.class})
@ConditionalOnBooleanProperty(name = "outbox.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TracingProperties.class)
public final class OutboxTracingAutoConfiguration {
    @Bean
    PublishTracing outboxPublishTracing(ObservationRegistry observations) {
        return new ObservedPublishing(observations);
    }

    @Bean
    SendTracing outboxSendTracing(ObservationRegistry observations, Propagator propagator) {
        return new ObservedSending(observations, propagator);
    }
}
