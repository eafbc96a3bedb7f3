package dev.outbox.tracing;

import dev.outbox.spi.OutboxRecord;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Names an event in the log lines of this thread (SLF4J's MDC) until it is closed; then everything is as it was before. To be closed by the thread that has opened it.
 *
 * <p>An event without a request id has none in the log either, whatever the thread was about before.
 */
public final class EventMdc implements AutoCloseable {
    /** The key of the event id. */
    public static final String EVENT_ID = "eventId";

    /** The key of the aggregate id. */
    public static final String AGGREGATE_ID = "aggregateId";

    /** The key of the id of the request that has led to the event. */
    public static final String REQUEST_ID = "requestId";

    /** The header in which the request id travels with the event. */
    public static final String REQUEST_ID_HEADER = "requestid";

    private final @Nullable String eventId = MDC.get(EVENT_ID);
    private final @Nullable String aggregateId = MDC.get(AGGREGATE_ID);
    private final @Nullable String requestId = MDC.get(REQUEST_ID);

    private EventMdc() {}

    /** Names an event from now on. */
    public static EventMdc of(OutboxRecord event) {
        return of(event.eventId(), event.aggregateId(), event.headers());
    }

    /**
     * Names an event from now on.
     *
     * @param headers of which one may be {@value #REQUEST_ID_HEADER}
     */
    public static EventMdc of(UUID eventId, String aggregateId, Map<String, String> headers) {
        EventMdc before = new EventMdc();
        set(EVENT_ID, eventId.toString());
        set(AGGREGATE_ID, aggregateId);
        set(REQUEST_ID, headers.get(REQUEST_ID_HEADER));
        return before;
    }

    @Override
    public void close() {
        set(EVENT_ID, eventId);
        set(AGGREGATE_ID, aggregateId);
        set(REQUEST_ID, requestId);
    }

    private static void set(String key, @Nullable String value) {
        if (value == null) MDC.remove(key);
        else MDC.put(key, value);
    }
}
