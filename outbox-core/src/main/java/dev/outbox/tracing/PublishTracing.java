package dev.outbox.tracing;

import dev.outbox.OutboxMessage;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** Traces publishing, without changing what it does. Implementations are safe for use by many threads. */
@FunctionalInterface
public interface PublishTracing {
    /** No tracing. */
    PublishTracing OFF = (messages, publishing) -> publishing.apply(Map.of());

    /**
     * Publishes within a trace.
     *
     * @param messages at least one, with the names that an event needs
     * @param publishing stores the messages and returns their ids; given the headers that take the trace along
     * @return what {@code publishing} returns; what it throws is thrown
     */
    List<UUID> publish(List<OutboxMessage> messages, Function<Map<String, String>, List<UUID>> publishing);
}
