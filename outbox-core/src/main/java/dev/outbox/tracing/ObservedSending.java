package dev.outbox.tracing;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SentPosition;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.propagation.Propagator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Each attempt to send an event that belongs to a trace is an observation {@code outbox.send}, and a span of kind producer below that of the publisher. It ends
 * when the stage of the send does, in whichever thread that is. What is sent has the headers of this span, so that the consumer's is below it; what is stored
 * stays as it is. Other events are sent as they are.
 *
 * <p>A receiver's context, because the parent comes from headers and not from the thread; Micrometer has none that reads headers and writes others.
 */
public final class ObservedSending implements SendTracing {
    private final ObservationRegistry registry;
    private final Propagator propagator;
    private final Handlers handlers = new Handlers();

    /**
     * @param registry with Micrometer Tracing's handlers
     * @param propagator writes the headers
     */
    public ObservedSending(ObservationRegistry registry, Propagator propagator) {
        this.registry = registry;
        this.propagator = propagator;
    }

    @Override
    public EventSender around(EventSender sender) {
        return event -> TraceHeaders.areIn(event.headers()) ? send(event, sender) : sender.send(event);
    }

    private CompletionStage<SentPosition> send(OutboxRecord event, EventSender sender) {
        Observation observation = handlers.started(() -> observation(event));
        if (observation.isNoop()) return sender.send(event);
        try {
            CompletionStage<SentPosition> sending = sender.send(ofSpan(event, observation));
            CompletionStage<?> unused = sending.whenComplete((position, failure) -> end(observation, failure));
            return sending;
        } catch (RuntimeException | Error e) {
            end(observation, e);
            throw e;
        }
    }

    private Observation observation(OutboxRecord event) {
        Observation observation = Observation.createNotStarted("outbox.send", () -> carriedBy(event), registry);
        if (observation.isNoop()) return observation;
        return observation
                .contextualName(event.topic() + " send")
                .lowCardinalityKeyValue(Keys.TOPIC, event.topic())
                .lowCardinalityKeyValue(Keys.EVENT_TYPE, event.eventType())
                .highCardinalityKeyValue(Keys.EVENT_ID, event.eventId().toString())
                .highCardinalityKeyValue(Keys.AGGREGATE_ID, event.aggregateId());
    }

    private static ReceiverContext<Map<String, String>> carriedBy(OutboxRecord event) {
        ReceiverContext<Map<String, String>> context = new ReceiverContext<>(Map::get, Kind.PRODUCER);
        context.setCarrier(event.headers());
        return context;
    }

    private OutboxRecord ofSpan(OutboxRecord event, Observation observation) {
        TracingContext tracing = observation.getContextView().get(TracingContext.class);
        Span span = tracing == null ? null : tracing.getSpan();
        if (span == null) return event;
        Map<String, String> headers = new LinkedHashMap<>(event.headers());
        boolean written = handlers.tell(() -> propagator.inject(span.context(), headers, Handlers::put));
        return written ? event.withHeaders(headers) : event;
    }

    private void end(Observation observation, @Nullable Throwable failure) {
        handlers.tell(() -> {
            if (failure != null) observation.error(reason(failure));
            observation.stop();
        });
    }

    private static Throwable reason(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
