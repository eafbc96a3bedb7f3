package dev.outbox.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.spi.OutboxRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Without an outbox: a warm producer, with the relay's settings, that sends the relay's records, same keys, values and headers, as fast as it can, round by
 * round of all keys without waiting for one of a key before the next. "raw" makes each record when it sends it, as an application has to; "raw_prepared" has
 * made one of each key beforehand and sends these again and again.
 */
final class RawProducer {
    private static final int KAFKA_DEFAULT_LINGER = 5;

    private final Broker broker;

    RawProducer(Broker broker) {
        this.broker = broker;
    }

    /** Records a second, each made when it is sent. */
    double rate(int events) throws Exception {
        return rate(events, false);
    }

    /** Records a second, made beforehand. */
    double preparedRate(int events) throws Exception {
        return rate(events, true);
    }

    private double rate(int events, boolean prepared) throws Exception {
        String topic = broker.newTopic();
        List<OutboxRecord> ofEachKey = ofEachKey(topic);
        List<ProducerRecord<byte[], byte[]>> records =
                prepared ? ofEachKey.stream().map(RawProducer::record).toList() : List.of();
        IntFunction<ProducerRecord<byte[], byte[]>> next = prepared ? records::get : key -> record(ofEachKey.get(key));
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(KAFKA_DEFAULT_LINGER)) {
            send(producer, next, Math.min(events, Table.KEYS)); // connections and metadata
            Disk.settle();
            return events / send(producer, next, events);
        } finally {
            broker.delete(topic);
        }
    }

    private static double send(
            KafkaProducer<byte[], byte[]> producer, IntFunction<ProducerRecord<byte[], byte[]>> records, int events)
            throws Exception {
        AtomicReference<Exception> failure = new AtomicReference<>();
        long start = System.nanoTime();
        for (int i = 0; i < events; i++) {
            Future<?> unused = producer.send(records.apply(i % Table.KEYS), (metadata, exception) -> {
                if (exception != null) failure.set(exception);
            });
        }
        producer.flush();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (failure.get() != null) throw failure.get();
        return seconds;
    }

    private static List<OutboxRecord> ofEachKey(String topic) {
        byte[] payload = Table.payload();
        return IntStream.range(0, Table.KEYS)
                .mapToObj(key -> event(topic, key, payload))
                .toList();
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
                null,
                Instant.now());
    }

    /** The headers are those of the relay. */
    private static ProducerRecord<byte[], byte[]> record(OutboxRecord event) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(event.topic(), event.aggregateId().getBytes(UTF_8), event.payload());
        add(record, "ce_specversion", "1.0");
        add(record, "ce_id", event.eventId().toString());
        add(record, "ce_type", event.eventType());
        add(record, "ce_source", Broker.SOURCE);
        add(record, "ce_subject", event.aggregateId());
        add(record, "ce_time", event.createdAt().toString());
        add(record, "content-type", event.contentType());
        add(record, "ce_aggregatetype", event.aggregateType());
        String sequence = Long.toString(event.seq());
        add(record, "ce_sequence", "0".repeat(19 - sequence.length()) + sequence);
        return record;
    }

    private static void add(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(UTF_8));
    }
}
