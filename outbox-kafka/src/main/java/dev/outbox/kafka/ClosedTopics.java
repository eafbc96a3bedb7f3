package dev.outbox.kafka;

import dev.outbox.spi.SendException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Topics that could not be written to a moment ago. A send to a missing topic keeps its thread for {@code max.block.ms}; with this, one send of all pays for
 * that, and the others fail at once.
 */
final class ClosedTopics {
    private static final Duration CLOSED = Duration.ofSeconds(2);

    private record Closed(SendException reason, long until) {}

    private final Map<String, Closed> topics = new ConcurrentHashMap<>();

    void close(String topic, SendException reason) {
        topics.put(topic, new Closed(reason, System.nanoTime() + CLOSED.toNanos()));
    }

    /** Why the topic is closed, or null if it may be tried. */
    @Nullable
    SendException stillClosed(String topic) {
        Closed closed = topics.get(topic);
        if (closed == null) return null;
        if (closed.until() - System.nanoTime() > 0) return closed.reason();
        topics.remove(topic, closed);
        return null;
    }
}
