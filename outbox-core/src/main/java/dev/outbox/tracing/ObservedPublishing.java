package dev.outbox.tracing;

import dev.outbox.OutboxMessage;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * Each call of the publisher is an observation {@code outbox.publish}, however many events it stores: its handlers write the headers that all of them take along.
 *
 * <p>It is never the current one of the thread, so nothing is left behind there, and a statement's own span is a sibling of it.
 */
public final class ObservedPublishing implements PublishTracing {
    private final ObservationRegistry registry;
    private final Handlers handlers = new Handlers();

    /** @param registry with handlers that write a trace into headers, such as Micrometer Tracing's */
    public ObservedPublishing(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public List<UUID> publish(List<OutboxMessage> messages, Function<Map<String, String>, List<UUID>> publishing) {
        Map<String, String> headers = new LinkedHashMap<>();
        Observation observation = handlers.started(() -> observation(messages, headers));
        if (observation.isNoop()) return publishing.apply(Map.of());
        try {
            List<UUID> ids = publishing.apply(headers);
            if (ids.size() == 1) observation.highCardinalityKeyValue(Keys.EVENT_ID, String.valueOf(ids.get(0)));
            return ids;
        } catch (RuntimeException | Error e) {
            handlers.tell(() -> observation.error(e));
            throw e;
        } finally {
            handlers.tell(observation::stop);
        }
    }

    private Observation observation(List<OutboxMessage> messages, Map<String, String> headers) {
        Observation observation = Observation.createNotStarted("outbox.publish", () -> carrying(headers), registry);
        if (observation.isNoop()) return observation;
        OutboxMessage first = messages.get(0);
        if (messages.size() == 1) observation.highCardinalityKeyValue(Keys.AGGREGATE_ID, first.aggregateId());
        else observation.highCardinalityKeyValue(Keys.EVENTS, Integer.toString(messages.size()));
        return observation
                .contextualName("outbox publish")
                .lowCardinalityKeyValue(Keys.EVENT_TYPE, typeOf(messages, first.eventType()));
    }

    private static SenderContext<Map<String, String>> carrying(Map<String, String> headers) {
        SenderContext<Map<String, String>> context = new SenderContext<>(Handlers::put, Kind.PRODUCER);
        context.setCarrier(headers);
        return context;
    }

    private static String typeOf(List<OutboxMessage> messages, String first) {
        for (OutboxMessage message : messages) if (!message.eventType().equals(first)) return Keys.SEVERAL;
        return first;
    }
}
