package dev.outbox.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.outbox.OutboxMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class ContextHeadersTest {
    private static final OutboxMessage PLAIN = OutboxMessage.of("Order", "1", "OrderPlaced", "");
    private static final int MOST = 16_384;

    private final Map<String, String> trace = new LinkedHashMap<>(Map.of("traceparent", "00-trace"));

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @Test
    void trace_and_request_id_come_behind_the_applications_headers() {
        trace.put("tracestate", "a=b");
        MDC.put("requestId", "r-1");
        assertThat(headers(PLAIN.header("tenant", "a")))
                .containsExactly(
                        Map.entry("tenant", "a"),
                        Map.entry("traceparent", "00-trace"),
                        Map.entry("tracestate", "a=b"),
                        Map.entry("requestid", "r-1"));
    }

    @Test
    void without_them_the_message_is_the_same() {
        trace.clear();
        assertThat(ContextHeaders.of(trace, true).addTo(PLAIN)).isSameAs(PLAIN);
        MDC.put("requestId", "r-1");
        assertThat(ContextHeaders.of(trace, false).addTo(PLAIN)).isSameAs(PLAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"traceparent", "b3", "X-B3-TraceId"})
    void a_trace_of_the_applications_own_stays_and_gets_nothing_of_another(String name) {
        trace.put("tracestate", "a=b");
        assertThat(headers(PLAIN.header(name, "own"))).containsExactly(Map.entry(name, "own"));
    }

    @Test
    void what_the_application_gives_otherwise_stays_too() {
        trace.put("baggage", "a=b");
        MDC.put("requestId", "r-1");
        assertThat(headers(PLAIN.header("baggage", "own").header("requestid", "own")))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("traceparent", "00-trace", "baggage", "own", "requestid", "own"));
    }

    /** Whatever else is on the way, the event is stored. */
    @Test
    void what_has_no_room_is_left_out() {
        trace.put("baggage", "b".repeat(8192));
        OutboxMessage message = PLAIN.header("h", "v".repeat(MOST - 1 - "traceparent00-trace".length()));
        assertThat(headers(message)).containsOnlyKeys("h", "traceparent");
        OutboxMessage full = PLAIN.header("h", "v".repeat(MOST - "traceparent00-trace".length()));
        assertThat(headers(full)).containsOnlyKeys("h");
        assertThatCode(() -> new MessageLimits(1)
                        .checkNames(ContextHeaders.of(trace, true).addTo(message)))
                .doesNotThrowAnyException();
    }

    @Test
    void what_is_no_header_for_an_application_is_none_for_a_trace() {
        trace.put("ce_id", "1");
        trace.put("Content-Type", "text/plain");
        trace.put("n".repeat(101), "a");
        assertThat(headers(PLAIN)).containsOnlyKeys("traceparent");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a\nb"})
    void what_cannot_be_a_request_id_is_none(String id) {
        MDC.put("requestId", id);
        assertThat(headers(PLAIN)).containsOnlyKeys("traceparent");
    }

    @Test
    void a_request_id_has_a_limit() {
        MDC.put("requestId", "r".repeat(200));
        assertThat(headers(PLAIN)).containsKey("requestid");
        MDC.put("requestId", "r".repeat(201));
        assertThat(headers(PLAIN)).doesNotContainKey("requestid");
    }

    private Map<String, String> headers(OutboxMessage message) {
        return ContextHeaders.of(trace, true).addTo(message).headers();
    }
}
