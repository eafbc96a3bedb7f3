package dev.outbox.benchmarks;

import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.Relay;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The time from commit, or in the raw case from {@code send}, until a consumer in this JVM has the record, at a steady 500 events a second
 * from four threads. The payload carries the event's number; both moments are read from {@code System.nanoTime}.
 */
final class Latency {
    private static final int THREADS = 4;
    private static final int PER_SECOND = 500;

    /** In milliseconds. */
    record Percentiles(double p50, double p99) {}

    private final Broker broker;
    private final int events;
    private final int warmUp;
    private final AtomicLongArray began;
    private final AtomicLongArray arrived;
    private final CountDownLatch left;

    Latency(Broker broker, Duration duration) {
        this.broker = broker;
        this.warmUp = PER_SECOND;
        this.events = warmUp + (int) (duration.toSeconds() * PER_SECOND);
        this.began = new AtomicLongArray(events);
        this.arrived = new AtomicLongArray(events);
        this.left = new CountDownLatch(events);
    }

    /** From just before {@code send}. */
    Percentiles raw(String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(0)) {
            return measure(topic, number -> {
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                        topic,
                        ByteBuffer.allocate(4).putInt(number % Table.KEYS).array(),
                        payload(number));
                began.set(number, System.nanoTime());
                Future<?> unused = producer.send(record);
            });
        }
    }

    /** From the return of the transaction that published the event. The relay runs in this JVM and is nudged. */
    Percentiles relayed(Table table, Relay relay) throws Exception {
        TransactionalOutboxPublisher publisher = table.publisher(relay::nudge);
        relay.start();
        try {
            return measure(table.topic, number -> {
                table.transaction.executeWithoutResult(status ->
                        publisher.publish(table.message("order-%05d".formatted(number % Table.KEYS), payload(number))));
                began.set(number, System.nanoTime());
            });
        } finally {
            relay.stop();
        }
    }

    private interface Publication {
        void of(int number);
    }

    private static byte[] payload(int number) {
        byte[] payload = Table.payload();
        ByteBuffer.wrap(payload).putInt(number);
        return payload;
    }

    private Percentiles measure(String topic, Publication publication) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        CountDownLatch ready = new CountDownLatch(1);
        try {
            Future<?> consumer = threads.submit(() -> consume(topic, ready));
            ready.await();
            long start = System.nanoTime();
            List<Future<?>> publishers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                publishers.add(threads.submit(() -> publish(first, start, publication)));
            }
            for (Future<?> publisher : publishers) publisher.get();
            if (!left.await(30, TimeUnit.SECONDS)) throw new IllegalStateException(left.getCount() + " are missing");
            consumer.get();
            return percentiles();
        } finally {
            threads.shutdownNow();
        }
    }

    private void publish(int first, long start, Publication publication) {
        for (int number = first; number < events; number += THREADS) {
            long due = start + number * (1_000_000_000L / PER_SECOND);
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime())
                LockSupport.parkNanos(wait);
            publication.of(number);
        }
    }

    private void consume(String topic, CountDownLatch ready) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.address());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, Broker.PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            consumer.poll(Duration.ofSeconds(1));
            ready.countDown();
            while (left.getCount() > 0) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) arrived(record);
            }
        }
    }

    private void arrived(ConsumerRecord<byte[], byte[]> record) {
        if (record.value().length == 0) return; // of the topic's creation
        if (arrived.compareAndSet(ByteBuffer.wrap(record.value()).getInt(), 0, System.nanoTime())) left.countDown();
    }

    private Percentiles percentiles() {
        double[] millis = IntStream.range(warmUp, events)
                .mapToDouble(number -> (arrived.get(number) - began.get(number)) / 1e6)
                .toArray();
        Arrays.sort(millis);
        return new Percentiles(millis[millis.length / 2], millis[millis.length * 99 / 100]);
    }
}
