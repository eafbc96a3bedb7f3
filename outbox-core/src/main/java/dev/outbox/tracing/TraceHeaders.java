package dev.outbox.tracing;

import java.util.Map;

/** The headers that say which trace an event belongs to: W3C Trace Context, or B3. */
public final class TraceHeaders {
    private TraceHeaders() {}

    /** Whether an event with these headers belongs to a trace. */
    public static boolean areIn(Map<String, String> headers) {
        return !headers.isEmpty()
                && (headers.containsKey("traceparent")
                        || headers.containsKey("b3")
                        || headers.containsKey("X-B3-TraceId"));
    }
}
