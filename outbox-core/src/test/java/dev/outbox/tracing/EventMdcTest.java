package dev.outbox.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class EventMdcTest {
    private final UUID event = UUID.randomUUID();

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @Test
    void names_an_event_until_it_is_closed() {
        MDC.put("tenant", "a");
        try (EventMdc mdc = EventMdc.of(event, "4711", Map.of("requestid", "r-1"))) {
            assertThat(MDC.getCopyOfContextMap())
                    .containsOnly(
                            Map.entry("eventId", event.toString()),
                            Map.entry("aggregateId", "4711"),
                            Map.entry("requestId", "r-1"),
                            Map.entry("tenant", "a"));
        }
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("tenant", "a"));
    }

    @Test
    void what_was_there_before_comes_back() {
        try (EventMdc outer = EventMdc.of(event, "4711", Map.of("requestid", "r-1"))) {
            try (EventMdc inner = EventMdc.of(UUID.randomUUID(), "4712", Map.of("requestid", "r-2"))) {
                assertThat(MDC.get("aggregateId")).isEqualTo("4712");
            }
            assertThat(MDC.getCopyOfContextMap())
                    .isEqualTo(Map.of("eventId", event.toString(), "aggregateId", "4711", "requestId", "r-1"));
        }
    }

    @Test
    void an_event_without_a_request_has_not_that_of_another() {
        MDC.put("requestId", "of something else");
        try (EventMdc mdc = EventMdc.of(event, "4711", Map.of())) {
            assertThat(MDC.get("requestId")).isNull();
        }
        assertThat(MDC.get("requestId")).isEqualTo("of something else");
    }
}
