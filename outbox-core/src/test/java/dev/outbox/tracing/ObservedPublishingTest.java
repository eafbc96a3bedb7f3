package dev.outbox.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxMessage;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ObservedPublishingTest {
    private static final UUID EVENT = UUID.fromString("01999999-0000-7000-8000-000000000000");
    private static final OutboxMessage MESSAGE = OutboxMessage.of("Order", "4711", "OrderPlaced", "");

    private final TestTracing tracing = new TestTracing();
    private final PublishTracing publishing = new ObservedPublishing(tracing.registry);
    private final List<Map<String, String>> headers = new ArrayList<>();

    @Test
    void an_event_takes_the_span_of_its_publishing_along_which_is_below_that_of_the_caller() {
        Observation.createNotStarted("place order", tracing.registry)
                .observe(() -> assertThat(publish(MESSAGE)).containsExactly(EVENT));
        SpanData publish = tracing.ended().get(0);
        SpanData caller = tracing.ended().get(1);
        assertThat(headers).containsExactly(Map.of("traceparent", TestTracing.traceparent(publish)));
        assertThat(publish.getName()).isEqualTo("outbox publish");
        assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(publish.getTraceId()).isEqualTo(caller.getTraceId());
        assertThat(publish.getParentSpanId()).isEqualTo(caller.getSpanId());
        assertThat(attributes(publish))
                .isEqualTo(Map.of(
                        "outbox.event.type",
                        "OrderPlaced",
                        "outbox.event.id",
                        EVENT.toString(),
                        "outbox.aggregate.id",
                        "4711"));
    }

    @Test
    void several_events_share_a_span() {
        publish(MESSAGE, MESSAGE);
        publish(MESSAGE, OutboxMessage.of("Order", "4711", "OrderPaid", ""));
        assertThat(tracing.ended())
                .extracting(ObservedPublishingTest::attributes)
                .containsExactly(
                        Map.of("outbox.event.type", "OrderPlaced", "outbox.events", "2"),
                        Map.of("outbox.event.type", "several", "outbox.events", "2"));
    }

    @Test
    void what_fails_is_thrown_and_an_error_of_the_span() {
        assertThatThrownBy(() -> publishing.publish(List.of(MESSAGE), trace -> {
                    throw new IllegalStateException("refused");
                }))
                .hasMessage("refused");
        assertThat(tracing.ended()).singleElement().satisfies(span -> {
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getStatus().getDescription()).isEqualTo("refused");
        });
    }

    @Test
    void the_current_span_stays_that_of_the_caller() {
        Observation caller = Observation.start("place order", tracing.registry);
        try (Observation.Scope scope = caller.openScope()) {
            publishing.publish(List.of(MESSAGE), trace -> {
                assertThat(tracing.registry.getCurrentObservation()).isSameAs(caller);
                return List.of(EVENT);
            });
        }
        assertThat(tracing.tracer.currentSpan()).isNull();
    }

    @Test
    void where_observations_are_off_there_is_no_trace() {
        assertThat(new ObservedPublishing(ObservationRegistry.NOOP).publish(List.of(MESSAGE), this::stored))
                .containsExactly(EVENT);
        tracing.registry.observationConfig().observationPredicate((name, context) -> !name.equals("outbox.publish"));
        publish(MESSAGE);
        assertThat(headers).containsExactly(Map.of(), Map.of());
        assertThat(tracing.ended()).isEmpty();
    }

    @Test
    void an_event_is_published_whatever_a_handler_throws() {
        tracing.breakDown();
        assertThat(publish(MESSAGE)).containsExactly(EVENT);
        assertThat(headers).containsExactly(Map.of());
    }

    private List<UUID> publish(OutboxMessage... messages) {
        return publishing.publish(List.of(messages), messages.length == 1 ? this::stored : this::twoStored);
    }

    private List<UUID> stored(Map<String, String> trace) {
        headers.add(trace);
        return List.of(EVENT);
    }

    private List<UUID> twoStored(Map<String, String> trace) {
        return List.of(EVENT, UUID.randomUUID());
    }

    private static Map<String, String> attributes(SpanData span) {
        Map<String, String> attributes = new java.util.HashMap<>();
        span.getAttributes()
                .forEach((key, value) -> attributes.put(((AttributeKey<?>) key).getKey(), value.toString()));
        return attributes;
    }
}
