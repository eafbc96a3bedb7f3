package dev.outbox.kafka;

import static org.apache.kafka.clients.producer.ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.LINGER_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.MAX_BLOCK_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * How long a producer may take, in milliseconds: it has to give up before the relay does, or the relay would send again what its producer still tries to send.
 *
 * @param maxBlock how long a send may wait for metadata
 * @param request how long one request may wait for its answer
 * @param delivery how long a record may take after that, retries included
 * @param linger how long a record waits for others
 * @param send how long the relay waits for both
 */
record ProducerTimeouts(long maxBlock, int request, int delivery, long linger, Duration send) {
    /** A wave is handed over at once, and no more of it will come: this is long enough to send it in few requests. */
    private static final long LINGER = 1;

    ProducerTimeouts {
        if (delivery < linger + request) {
            throw new OutboxConfigurationException(
                    "The producer's %s (%d ms) is less than its %s (%d ms) and %s (%d ms) together."
                            .formatted(
                                    DELIVERY_TIMEOUT_MS_CONFIG,
                                    delivery,
                                    LINGER_MS_CONFIG,
                                    linger,
                                    REQUEST_TIMEOUT_MS_CONFIG,
                                    request),
                    "Raise the one or lower the others (spring.kafka.producer.properties), or leave them out: the outbox derives them from outbox.relay.send-timeout.");
        }
        if (maxBlock + delivery >= send.toMillis()) {
            throw new OutboxConfigurationException(
                    "The producer's %s (%d ms) and %s (%d ms) together are not less than outbox.relay.send-timeout (%s): events would be sent again while the producer still tries to send them."
                            .formatted(MAX_BLOCK_MS_CONFIG, maxBlock, DELIVERY_TIMEOUT_MS_CONFIG, delivery, send),
                    "Raise outbox.relay.send-timeout (and outbox.relay.lease to twice that), or lower the producer's %s, %s or %s (spring.kafka.producer.properties)."
                            .formatted(MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS_CONFIG));
        }
    }

    /** What the application has set, and for the rest what fits {@code send}: a third each for metadata and a request, half as much more for a retry. */
    static ProducerTimeouts of(Map<String, Object> application, Duration send) {
        int third = Math.toIntExact(send.toMillis() / 3);
        long linger = set(application, LINGER_MS_CONFIG, Type.LONG, LINGER).longValue();
        int wanted = set(application, DELIVERY_TIMEOUT_MS_CONFIG, Type.INT, third + third / 2)
                .intValue();
        int request = set(
                        application, REQUEST_TIMEOUT_MS_CONFIG, Type.INT, Math.max(0, Math.min(third, wanted - linger)))
                .intValue();
        int delivery = application.containsKey(DELIVERY_TIMEOUT_MS_CONFIG)
                ? wanted
                : Math.toIntExact(Math.max(wanted, linger + request));
        long maxBlock = set(application, MAX_BLOCK_MS_CONFIG, Type.LONG, third).longValue();
        return new ProducerTimeouts(maxBlock, request, delivery, linger, send);
    }

    void addTo(Map<String, Object> settings) {
        settings.put(MAX_BLOCK_MS_CONFIG, maxBlock);
        settings.put(REQUEST_TIMEOUT_MS_CONFIG, request);
        settings.put(DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        settings.put(LINGER_MS_CONFIG, linger);
    }

    /** As Kafka reads it: a number or a text. */
    private static Number set(Map<String, Object> application, String name, Type type, long derived) {
        Object value = application.get(name);
        return value == null ? derived : (Number) ConfigDef.parseType(name, value, type);
    }
}
