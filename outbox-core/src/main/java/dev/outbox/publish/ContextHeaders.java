package dev.outbox.publish;

import dev.outbox.OutboxMessage;
import dev.outbox.tracing.EventMdc;
import dev.outbox.tracing.TraceHeaders;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What goes along with events from the thread that publishes them. What the application has given itself stays, and what cannot be a header or has no room beside the
 * application's is left out: no event is refused because of these.
 *
 * @param trace the headers of the trace; empty without one
 * @param requestId of the thread's log; null without one
 */
record ContextHeaders(Map<String, String> trace, @Nullable String requestId) {
    /** Longer ones come from clients that make fun of us. */
    private static final int MAX_REQUEST_ID = 200;

    static ContextHeaders of(Map<String, String> trace, boolean requestIds) {
        return new ContextHeaders(trace, requestIds ? usable(MDC.get(EventMdc.REQUEST_ID)) : null);
    }

    private static @Nullable String usable(@Nullable String id) {
        return id == null
                        || id.isBlank()
                        || id.length() > MAX_REQUEST_ID
                        || id.chars().anyMatch(Character::isISOControl)
                ? null
                : id;
    }

    /** The message with these headers behind its own. */
    OutboxMessage addTo(OutboxMessage message) {
        OutboxMessage more = message;
        if (!trace.isEmpty() && !TraceHeaders.areIn(message.headers())) {
            for (Map.Entry<String, String> header : trace.entrySet())
                more = add(header.getKey(), header.getValue(), more);
        }
        return requestId == null ? more : add(EventMdc.REQUEST_ID_HEADER, requestId, more);
    }

    private static OutboxMessage add(String name, String value, OutboxMessage message) {
        return MessageLimits.haveRoomFor(name, value, message) ? message.header(name, value) : message;
    }
}
