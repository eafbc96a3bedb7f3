package dev.outbox.tracing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ObservedSendingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PUBLISHER = "00f067aa0ba902b7";
    private static final Map<String, String> STORED =
            Map.of("traceparent", "00-%s-%s-01".formatted(TRACE, PUBLISHER), "tenant", "a");

    private final TestTracing tracing = new TestTracing();
    private final List<OutboxRecord> sent = new ArrayList<>();
    private CompletableFuture<SentPosition> answer = new CompletableFuture<>();
    private final EventSender sender = new ObservedSending(tracing.registry, tracing.propagator).around(event -> {
        sent.add(event);
        return answer;
    });

    @Test
    void a_send_is_below_the_publishers_span_and_what_is_sent_names_the_span_of_the_send() {
        OutboxRecord event = event(STORED);
        sender.send(event);
        assertThat(tracing.ended()).as("before the acknowledgement").isEmpty();
        answer.complete(new SentPosition("orders", 0, 0));
        SpanData span = tracing.ended().get(0);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PUBLISHER);
        assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(span.getName()).isEqualTo("orders send");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span.getAttributes().asMap().toString())
                .contains("outbox.topic=orders", "outbox.event.type=OrderPlaced", "outbox.aggregate.id=4711")
                .contains("outbox.event.id=" + event.eventId());
        assertThat(sent).singleElement().satisfies(record -> {
            assertThat(record.headers()).isEqualTo(Map.of("traceparent", TestTracing.traceparent(span), "tenant", "a"));
            assertThat(record.withHeaders(STORED)).isEqualTo(event);
        });
        assertThat(event.headers()).as("what is stored").isEqualTo(STORED);
    }

    @Test
    void the_stage_is_that_of_the_sender() {
        assertThat(sender.send(event(STORED))).isSameAs(answer);
    }

    @Test
    void an_event_that_belongs_to_no_trace_is_sent_as_it_is() {
        OutboxRecord event = event(Map.of("tenant", "a"));
        sender.send(event);
        answer.complete(new SentPosition("orders", 0, 0));
        assertThat(sent.get(0)).isSameAs(event);
        assertThat(tracing.ended()).isEmpty();
    }

    @Test
    void each_attempt_is_a_span_of_its_own_and_a_failed_one_tells_why() {
        sender.send(event(STORED));
        answer.completeExceptionally(SendException.ofEvent(new IllegalStateException("too large")));
        answer = new CompletableFuture<>();
        sender.send(event(STORED));
        answer.complete(new SentPosition("orders", 0, 0));
        assertThat(tracing.ended())
                .extracting(span -> span.getStatus().getDescription())
                .containsExactly("java.lang.IllegalStateException: too large", "");
        assertThat(tracing.ended())
                .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(PUBLISHER))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_failure_is_told_as_it_was_when_it_comes_through_another_stage() {
        CompletableFuture<SentPosition> stored = answer;
        answer = stored.thenApply(position -> position);
        sender.send(event(STORED));
        stored.completeExceptionally(new IllegalStateException("too large"));
        assertThat(tracing.ended())
                .singleElement()
                .satisfies(span -> assertThat(span.getStatus().getDescription()).isEqualTo("too large"));
    }

    @Test
    void a_sender_that_throws_ends_the_span_too() {
        EventSender throwing = new ObservedSending(tracing.registry, tracing.propagator).around(event -> {
            throw new IllegalStateException("thrown");
        });
        assertThatThrownBy(() -> throwing.send(event(STORED))).hasMessage("thrown");
        assertThat(tracing.ended())
                .singleElement()
                .satisfies(span -> assertThat(span.getStatus().getDescription()).isEqualTo("thrown"));
    }

    /** Otherwise the events of the thread's next send would be children of this one. */
    @Test
    void the_thread_keeps_no_span() {
        sender.send(event(STORED));
        assertThat(tracing.tracer.currentSpan()).isNull();
        assertThat(tracing.registry.getCurrentObservation()).isNull();
    }

    @Test
    void a_trace_that_is_not_recorded_stays_so() {
        sender.send(event(Map.of("traceparent", "00-%s-%s-00".formatted(TRACE, PUBLISHER))));
        answer.complete(new SentPosition("orders", 0, 0));
        assertThat(tracing.ended()).isEmpty();
        assertThat(sent.get(0).headers().get("traceparent"))
                .startsWith("00-" + TRACE)
                .endsWith("-00");
    }

    @Test
    void where_observations_are_off_the_stored_trace_goes_on() {
        tracing.registry.observationConfig().observationPredicate((name, context) -> !name.equals("outbox.send"));
        OutboxRecord event = event(STORED);
        sender.send(event);
        assertThat(sent.get(0)).isSameAs(event);
    }

    /** Or an event that nothing is wrong with would count it as a failure of its own. */
    @Test
    void an_event_is_sent_as_it_is_stored_whatever_a_handler_throws() {
        tracing.breakDown();
        OutboxRecord event = event(STORED);
        CompletionStage<SentPosition> sending = sender.send(event);
        answer.complete(new SentPosition("orders", 0, 0));
        assertThat(sending).isCompleted();
        assertThat(sent.get(0)).isSameAs(event);
    }

    private static OutboxRecord event(Map<String, String> headers) {
        return new OutboxRecord(
                42,
                UUID.fromString("01999999-0000-7000-8000-000000000000"),
                "Order",
                "4711",
                null,
                "OrderPlaced",
                "orders",
                "application/json",
                "{}".getBytes(UTF_8),
                headers,
                null,
                Instant.parse("2026-11-21T08:00:00.123456Z"));
    }
}
