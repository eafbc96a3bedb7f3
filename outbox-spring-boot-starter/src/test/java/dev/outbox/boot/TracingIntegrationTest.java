package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.inbox.Inbox;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import dev.outbox.store.EventStore;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The trace of an event on its whole way. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class TracingIntegrationTest {
    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("traced", 1);
    private final EndedSpans ended = new EndedSpans();
    private final Notification notification = new Notification();
    private final ApplicationContextRunner application = application();

    private ApplicationContextRunner application() {
        PostgresSchema schema = TestServers.postgres().createSchema("tracing");
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        KafkaAutoConfiguration.class,
                        ObservationAutoConfiguration.class,
                        MicrometerTracingAutoConfiguration.class,
                        OpenTelemetrySdkAutoConfiguration.class,
                        OpenTelemetryTracingAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxTracingAutoConfiguration.class,
                        OutboxKafkaAutoConfiguration.class,
                        OutboxRelayAutoConfiguration.class,
                        OutboxInboxAutoConfiguration.class,
                        OutboxInboxListenerAutoConfiguration.class))
                .withBean(SpanProcessor.class, () -> SimpleSpanProcessor.create(ended))
                .withPropertyValues(
                        "spring.datasource.url=" + schema.jdbcUrl(),
                        "spring.datasource.username=" + schema.username(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "management.tracing.sampling.probability=1",
                        "outbox.retry.exponential.initial-delay=20ms",
                        "outbox.schema.initialize=true",
                        "outbox.inbox.schema.initialize=true");
    }

    @Test
    void a_trace_goes_from_the_publisher_through_a_relay_that_starts_later_to_the_consumer(CapturedOutput output) {
        UUID[] event = {null};
        application
                .withPropertyValues("outbox.relay.enabled=false")
                .run(context -> event[0] = observed(context, () -> publish(context)));
        String stored = "SELECT headers FROM outbox_events";
        consuming().run(context -> {
            String before = JdbcClient.create(context.getBean(DataSource.class))
                    .sql(stored)
                    .query(String.class)
                    .single();
            await().until(() -> ended.list().size() == 4);
            SpanData publish = span("outbox publish");
            SpanData send = span(topic + " send");
            SpanData process = span(topic + " process");
            assertThat(parents(List.of(publish, send, process)))
                    .containsExactly(span("place order").getSpanId(), publish.getSpanId(), send.getSpanId());
            assertThat(ended.list()).extracting(SpanData::getTraceId).containsOnly(publish.getTraceId());
            assertThat(notification.records).singleElement().satisfies(record -> {
                assertThat(header(record, "traceparent")).isEqualTo(traceparent(send));
                assertThat(header(record, "requestid")).isEqualTo("r-1");
            });
            assertThat(before)
                    .isEqualTo("{\"traceparent\":\"%s\",\"requestid\":\"r-1\"}".formatted(traceparent(publish)));
            assertThat(JdbcClient.create(context.getBean(DataSource.class))
                            .sql(stored)
                            .query(String.class)
                            .single())
                    .as("after the send")
                    .isEqualTo(before);
            assertThat(notification.logged)
                    .singleElement()
                    .satisfies(log -> assertThat(log)
                            .containsAllEntriesOf(Map.of(
                                    "eventId",
                                    requireNonNull(event[0]).toString(),
                                    "aggregateId",
                                    "4711",
                                    "requestId",
                                    "r-1")));
            assertThat(output).as("the start").doesNotContain("not eligible for getting processed");
        });
    }

    @Test
    void each_attempt_to_send_is_a_span_and_a_failed_one_tells_why() {
        Queue<SendException> failures = new ArrayDeque<>(List.of(
                SendException.ofEvent(new IllegalStateException("first")),
                SendException.ofTopic(new IllegalStateException("second"))));
        List<OutboxRecord> sent = new CopyOnWriteArrayList<>();
        EventSender sender = event -> {
            sent.add(event);
            SendException failure = failures.poll();
            return failure == null
                    ? CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0))
                    : CompletableFuture.failedFuture(failure);
        };
        application
                .withBean("own", EventSender.class, () -> sender)
                .withPropertyValues("outbox.retry.topic-delay=20ms")
                .run(context -> {
                    awaitPublished(context, observed(context, () -> publish(context)));
                    List<SpanData> sends = ended.list().stream()
                            .filter(span -> span.getName().equals(topic + " send"))
                            .toList();
                    assertThat(sends)
                            .extracting(span -> span.getStatus().getStatusCode())
                            .containsExactly(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET);
                    assertThat(parents(sends))
                            .containsOnly(span("outbox publish").getSpanId());
                    assertThat(sent)
                            .extracting(record -> record.headers().get("traceparent"))
                            .containsExactlyElementsOf(sends.stream()
                                    .map(TracingIntegrationTest::traceparent)
                                    .toList());
                });
    }

    @Test
    void switched_off_events_have_no_trace_and_one_of_the_applications_own_goes_through() {
        String own = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        consuming().withPropertyValues("outbox.tracing.enabled=false").run(context -> {
            observed(context, () -> publish(context, message()));
            observed(context, () -> publish(context, message().header("traceparent", own)));
            await().until(() -> ended.list().size() == 4);
            List<ConsumerRecord<String, byte[]>> records = notification.records;
            assertThat(records.get(0).headers().lastHeader("traceparent")).isNull();
            assertThat(header(records.get(1), "traceparent")).isEqualTo(own);
            assertThat(ended.list()).extracting(SpanData::getName).containsOnly("place order", topic + " process");
        });
    }

    private OutboxMessage message() {
        return OutboxMessage.of("Order", "4711", "OrderPlaced", "").topic(topic);
    }

    private UUID publish(ApplicationContext context) {
        return publish(context, message());
    }

    private static UUID publish(ApplicationContext context, OutboxMessage message) {
        OutboxPublisher publisher = context.getBean(OutboxPublisher.class);
        return requireNonNull(new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> publisher.publish(message)));
    }

    private static void awaitPublished(ApplicationContext context, UUID event) {
        EventStore events = context.getBean(EventStore.class);
        await().until(() -> events.find(event).orElseThrow().status() == EventStatus.PUBLISHED);
    }

    /** In a request of which the log and the tracer know. */
    private static UUID observed(ApplicationContext context, Supplier<UUID> work) {
        try (MDC.MDCCloseable request = MDC.putCloseable("requestId", "r-1")) {
            return requireNonNull(
                    Observation.createNotStarted("place order", context.getBean(ObservationRegistry.class))
                            .observe(work));
        }
    }

    /** The application with a listener, whose observation is one of Spring Kafka's own. */
    private ApplicationContextRunner consuming() {
        return application
                .withBean(Notification.class, () -> notification)
                .withPropertyValues("test.topic=" + topic, "spring.kafka.listener.observation-enabled=true");
    }

    static final class Notification {
        private final List<ConsumerRecord<String, byte[]>> records = new CopyOnWriteArrayList<>();
        private final List<Map<String, String>> logged = new CopyOnWriteArrayList<>();

        @KafkaListener(topics = "${test.topic}", groupId = "${test.topic}")
        @Inbox("notification")
        void on(ConsumerRecord<String, byte[]> record) {
            records.add(record);
            logged.add(Map.copyOf(MDC.getCopyOfContextMap()));
        }
    }

    private SpanData span(String name) {
        return ended.list().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> parents(List<SpanData> spans) {
        return spans.stream().map(SpanData::getParentSpanId).toList();
    }

    private static String traceparent(SpanData span) {
        SpanContext context = span.getSpanContext();
        return "00-%s-%s-%s"
                .formatted(
                        context.getTraceId(),
                        context.getSpanId(),
                        context.getTraceFlags().asHex());
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
