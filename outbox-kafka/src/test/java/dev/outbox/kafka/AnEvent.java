package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.spi.OutboxRecord;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** An event of which only the topic matters. */
final class AnEvent {
    private AnEvent() {}

    static OutboxRecord on(String topic) {
        return new OutboxRecord(
                1,
                UUID.randomUUID(),
                "Order",
                "1",
                null,
                "E",
                topic,
                "text/plain",
                "x".getBytes(UTF_8),
                Map.of(),
                null,
                Instant.EPOCH);
    }
}
