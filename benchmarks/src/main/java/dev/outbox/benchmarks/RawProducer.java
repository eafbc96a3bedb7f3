package dev.outbox.benchmarks;

import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.spi.OutboxRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The opponent "raw": a warm producer that sends the relay's records, same keys, values and headers, as fast as it can. It makes them
 * beforehand, one of each key, and sends them round by round without waiting for one of a key before the next.
 */
final class RawProducer {
    private static final int KAFKA_DEFAULT_LINGER = 5;

    private final Broker broker;

    RawProducer(Broker broker) {
        this.broker = broker;
    }

    /** Records a second. */
    double rate(int events) throws Exception {
        String topic = broker.newTopic();
        List<ProducerRecord<byte[], byte[]>> records = records(topic);
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(KAFKA_DEFAULT_LINGER)) {
            send(producer, records, Math.min(events, Table.KEYS)); // connections and metadata
            Disk.settle();
            return events / send(producer, records, events);
        } finally {
            broker.delete(topic);
        }
    }

    private static double send(
            KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records, int events)
            throws Exception {
        AtomicReference<Exception> failure = new AtomicReference<>();
        long start = System.nanoTime();
        for (int i = 0; i < events; i++) {
            Future<?> unused = producer.send(records.get(i % records.size()), (metadata, exception) -> {
                if (exception != null) failure.set(exception);
            });
        }
        producer.flush();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (failure.get() != null) throw failure.get();
        return seconds;
    }

    /** What the relay's own code makes of the events. */
    private static List<ProducerRecord<byte[], byte[]>> records(String topic) {
        try (MockProducer<byte[], byte[]> mock =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer())) {
            KafkaEventSender sender = new KafkaEventSender(() -> mock, "/benchmark");
            byte[] payload = Table.payload();
            for (int key = 0; key < Table.KEYS; key++) sender.send(event(topic, key, payload));
            return new ArrayList<>(mock.history());
        }
    }

    private static OutboxRecord event(String topic, int key, byte[] payload) {
        return new OutboxRecord(
                100_000 + key,
                UUID.randomUUID(),
                "Order",
                "order-%05d".formatted(key),
                null,
                "OrderPlaced",
                topic,
                "application/json",
                payload,
                Map.of(),
                Instant.now());
    }
}
