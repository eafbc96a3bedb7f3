package dev.outbox.sample.dataplatform.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.FailureClassifier.Meaning;
import dev.outbox.sample.dataplatform.domain.DataPlatformAwayException;
import dev.outbox.sample.dataplatform.domain.OrderEvent;
import dev.outbox.sample.dataplatform.domain.UndeliverableEventException;
import dev.outbox.sample.dataplatform.infra.StubPlatform.Request;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.observation.ObservationRegistry;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of an event by what the data platform answers, whether it is the event's fault, and what the inbox is told of it. */
@Timeout(120)
class GuardedDataPlatformTest {
    private final StubPlatform stub = new StubPlatform();
    private final Map<String, String> settings = new HashMap<>(Map.of(
            "sample.data-platform.url", stub.url(),
            "sample.data-platform.timeout", "10s",
            "sample.data-platform.retry-delay", "10ms",
            "sample.data-platform.open-for", "10m"));
    private final OrderEvent event = event();
    private CircuitBreaker circuit;
    private GuardedDataPlatform platform;

    GuardedDataPlatformTest() throws Exception {
        begin();
    }

    /** With the settings as they are now. */
    private void begin() {
        DataPlatformProperties properties = DataPlatformPropertiesTest.properties(settings);
        circuit = CircuitBreaker.of(DataPlatformCircuit.NAME, DataPlatformCircuit.config(properties));
        DataPlatformClient client = new DataPlatformClient(
                properties,
                new DataPlatformAddress(properties, new MockEnvironment()),
                ObservationRegistry.NOOP,
                new JsonMapper());
        platform = new GuardedDataPlatform(client, circuit, properties);
    }

    private static OrderEvent event() {
        UUID order = UUID.randomUUID();
        return new OrderEvent(
                UUID.randomUUID(),
                "ORDER_CREATED",
                order,
                7L,
                Instant.parse("2026-11-21T08:00:00.123456Z"),
                "{\"orderId\":\"%s\",\"total\":3.50}".formatted(order));
    }

    @AfterEach
    void close() {
        stub.close();
    }

    private int triesOf(OrderEvent some) {
        return (int) stub.requests().stream()
                .filter(request -> request.key().equals(some.id().toString()))
                .count();
    }

    private static boolean isOf(OrderEvent some, Request request) {
        return request.key().equals(some.id().toString());
    }

    private static @Nullable Meaning meaning(Throwable failure) {
        return new DataPlatformFailures().classify(failure);
    }

    @Test
    void an_event_is_posted_as_json_with_its_id_as_the_idempotency_key() {
        platform.deliver(event);
        assertThat(stub.requests()).singleElement().satisfies(request -> {
            assertThat(request.key()).isEqualTo(event.id().toString());
            assertThat(request.contentType()).isEqualTo("application/json");
            assertThat(request.body()).contains("\"total\":3.50");
            JsonNode body = new JsonMapper().readTree(request.body());
            assertThat(body.propertyNames())
                    .containsExactly("eventId", "eventType", "orderId", "orderVersion", "occurredAt", "order");
            assertThat(body.get("eventType").asString()).isEqualTo("ORDER_CREATED");
            assertThat(body.get("orderId").asString()).isEqualTo(event.orderId().toString());
            assertThat(body.get("orderVersion").asLong()).isEqualTo(7);
            assertThat(body.get("occurredAt").asString()).isEqualTo("2026-11-21T08:00:00.123456Z");
        });
    }

    @Test
    void a_call_that_fails_is_made_again_with_the_same_key() {
        for (int failure : List.of(503, 408, 429)) {
            OrderEvent some = event();
            AtomicInteger calls = new AtomicInteger();
            stub.answer = request -> calls.incrementAndGet() <= 2 ? failure : 200;
            platform.deliver(some);
            assertThat(triesOf(some)).as("after %d", failure).isEqualTo(3);
        }
        assertThat(circuit.getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void an_event_that_is_refused_is_put_aside_at_once_and_the_circuit_breaker_does_not_mind() {
        for (int refusal : List.of(422, 400, 404, 302, 422)) {
            OrderEvent some = event();
            stub.answer = request -> refusal;
            Throwable failure = catchThrowable(() -> platform.deliver(some));
            assertThat(failure)
                    .isInstanceOf(UndeliverableEventException.class)
                    .hasMessage(
                            "The data platform refuses %s: it has answered %d. Find out what it objects to, then redrive the dead letter."
                                    .formatted(some, refusal));
            assertThat(meaning(failure)).isEqualTo(Meaning.PUT_ASIDE);
            assertThat(triesOf(some)).isEqualTo(1);
        }
        assertThat(circuit.getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void a_data_platform_that_is_away_opens_the_circuit_breaker_before_an_event_is_put_aside() {
        platform.deliver(event());
        stub.answer = request -> 503;
        Throwable failure = catchThrowable(() -> platform.deliver(event));
        assertThat(failure)
                .isInstanceOf(DataPlatformAwayException.class)
                .hasMessage("The data platform seems to be away, so %s waits; tried 3 times.".formatted(event))
                .hasRootCauseMessage("it has answered 503");
        assertThat(meaning(failure)).isEqualTo(Meaning.OUTAGE);
        assertThat(circuit.getState()).isEqualTo(State.OPEN);

        Throwable unasked = catchThrowable(() -> platform.deliver(event));
        assertThat(unasked)
                .isInstanceOf(DataPlatformAwayException.class)
                .hasMessage("The data platform is not asked at the moment, so %s waits.".formatted(event));
        assertThat(meaning(unasked)).isEqualTo(Meaning.OUTAGE);
        assertThat(triesOf(event)).isEqualTo(3);
    }

    @Test
    void fewer_retries_put_no_more_aside() {
        stub.answer = request -> 503;
        for (int retries = 0; retries < 3; retries++) {
            settings.put("sample.data-platform.retries", Integer.toString(retries));
            begin();
            assertThatThrownBy(() -> platform.deliver(event())).isInstanceOf(DataPlatformAwayException.class);
        }
    }

    @Test
    void nobody_who_listens_and_nobody_who_answers_in_time_is_away() {
        CountDownLatch end = new CountDownLatch(1);
        stub.answer = request -> {
            awaitQuietly(end);
            return 201;
        };
        settings.put("sample.data-platform.timeout", "300ms");
        begin();
        assertThatThrownBy(() -> platform.deliver(event))
                .isInstanceOf(DataPlatformAwayException.class)
                .hasRootCauseInstanceOf(HttpTimeoutException.class);
        end.countDown();
        stub.close();
        begin();
        assertThatThrownBy(() -> platform.deliver(event))
                .isInstanceOf(DataPlatformAwayException.class)
                .hasStackTraceContaining(ConnectException.class.getName());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void an_event_that_fails_each_time_while_others_are_answered_is_put_aside() {
        stub.answer = request -> {
            if (!isOf(event, request)) return 201;
            platform.deliver(event());
            return 503;
        };
        Throwable failure = catchThrowable(() -> platform.deliver(event));
        assertThat(failure)
                .isInstanceOf(UndeliverableEventException.class)
                .hasMessage(
                        "The data platform answers, but not to %s: 4 tries have failed, the last one because it has answered 503. Find out why, then redrive the dead letter."
                                .formatted(event));
        assertThat(meaning(failure)).isEqualTo(Meaning.PUT_ASIDE);
        assertThat(triesOf(event)).isEqualTo(4);
        assertThat(circuit.getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void an_event_that_fails_again_after_others_were_answered_is_put_aside_though_it_was_alone_each_time() {
        settings.put("sample.data-platform.open-for", "50ms");
        begin();
        stub.answer = request -> isOf(event, request) ? 503 : 201;
        assertThatThrownBy(() -> platform.deliver(event)).isInstanceOf(DataPlatformAwayException.class);
        awaitHalfOpen();
        assertThatThrownBy(() -> platform.deliver(event))
                .as("nobody was answered meanwhile")
                .isInstanceOf(DataPlatformAwayException.class);
        awaitHalfOpen();
        for (int i = 0; i < 3; i++) platform.deliver(event());
        assertThat(circuit.getState()).isEqualTo(State.CLOSED);
        assertThatThrownBy(() -> platform.deliver(event)).isInstanceOf(UndeliverableEventException.class);
    }

    private void awaitHalfOpen() {
        await().atMost(Duration.ofSeconds(30)).until(() -> circuit.getState() == State.HALF_OPEN);
    }

    @Test
    void no_more_calls_than_configured_are_made_at_once_and_the_others_wait() throws Exception {
        settings.put("sample.data-platform.max-concurrent-calls", "1");
        begin();
        CountDownLatch calling = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        stub.answer = request -> {
            calling.countDown();
            awaitQuietly(end);
            return 201;
        };
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> platform.deliver(event));
        calling.await();
        OrderEvent second = event();
        Throwable failure = catchThrowable(() -> platform.deliver(second));
        end.countDown();
        first.join();
        assertThat(failure).isInstanceOf(DataPlatformAwayException.class);
        assertThat(triesOf(second)).isZero();
        assertThat(circuit.getState()).isEqualTo(State.CLOSED);
    }
}
