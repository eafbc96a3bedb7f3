package dev.outbox.boot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SentPosition;
import dev.outbox.tracing.PublishTracing;
import dev.outbox.tracing.SendTracing;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** When there is tracing, and when not. The database does not matter here. */
@Timeout(60)
class TracingConfigurationTest {
    private final List<OutboxRecord> sent = new CopyOnWriteArrayList<>();
    private final EventSender sender = event -> {
        sent.add(event);
        return CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
    };

    private final ApplicationContextRunner withoutObservations = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    OutboxFormatAutoConfiguration.class,
                    OutboxTracingAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class))
            .withBean("own", EventSender.class, () -> sender)
            .withPropertyValues(
                    "spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(), "outbox.schema.initialize=true");
    private final ApplicationContextRunner withoutTracer = withoutObservations.withConfiguration(AutoConfigurations.of(
            ObservationAutoConfiguration.class,
            MicrometerTracingAutoConfiguration.class,
            NoopTracerAutoConfiguration.class));
    private final ApplicationContextRunner withTracer = withoutTracer.withConfiguration(AutoConfigurations.of(
            OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class));

    @Test
    void there_is_a_trace_where_there_is_a_tracer() {
        withTracer.run(context -> {
            assertThat(headersOfOne(context)).containsKey("traceparent");
            assertThat(context).hasSingleBean(PublishTracing.class).hasSingleBean(SendTracing.class);
        });
    }

    @Test
    void there_is_none_where_it_is_switched_off() {
        assertUntraced(withTracer.withPropertyValues("outbox.tracing.enabled=false"));
    }

    @Test
    void there_is_none_where_the_tracer_takes_nothing_along() {
        assertUntraced(withoutTracer);
    }

    @Test
    void there_is_none_without_observations() {
        assertUntraced(withoutObservations);
    }

    @Test
    void there_is_none_without_micrometer_tracing_on_the_class_path() {
        assertUntraced(withoutObservations.withClassLoader(new FilteredClassLoader("io.micrometer.tracing")));
        assertUntraced(withoutObservations.withClassLoader(
                new FilteredClassLoader("io.micrometer.tracing", "io.micrometer.observation")));
    }

    private void assertUntraced(ApplicationContextRunner application) {
        application.run(context -> {
            assertThat(headersOfOne(context)).isEmpty();
            assertThat(context).doesNotHaveBean(PublishTracing.class).doesNotHaveBean(SendTracing.class);
        });
    }

    @Test
    void request_ids_go_along_unless_they_are_switched_off() {
        try (MDC.MDCCloseable request = MDC.putCloseable("requestId", "r-1")) {
            withoutObservations.run(context -> assertThat(headersOfOne(context)).isEqualTo(Map.of("requestid", "r-1")));
            assertUntraced(withoutObservations.withPropertyValues("outbox.publish.request-id=false"));
        }
    }

    /** With which a single event is sent. */
    private Map<String, String> headersOfOne(ApplicationContext context) {
        sent.clear();
        OutboxPublisher publisher = context.getBean(OutboxPublisher.class);
        UUID event = requireNonNull(new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> publisher.publish(OutboxMessage.of("Order", "4711", "OrderPlaced", ""))));
        await().until(() -> !sent.isEmpty());
        assertThat(sent.get(0).eventId()).isEqualTo(event);
        return sent.get(0).headers();
    }
}
