package dev.outbox.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** One consumer that reads a topic from its beginning and commits the offsets of each poll when its records are handled, as a container of Spring Kafka does. */
final class ConsumerRate {
    private static final int POLL = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Broker broker;
    private int polls;

    ConsumerRate(Broker broker) {
        this.broker = broker;
    }

    /** Records a second, of as many as there are, or a few more than {@code records}: what was polled is handled. */
    double rate(String topic, int records, Consumer<List<ConsumerRecord<String, byte[]>>> handler) {
        List<TopicPartition> partitions = IntStream.range(0, Broker.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings(), new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.committed(Set.copyOf(partitions)); // finds the coordinator
            partitions.forEach(partition -> consumer.seek(partition, Broker.FIRST_OFFSET));
            long start = System.nanoTime();
            int handled = 0;
            while (handled < records) {
                List<ConsumerRecord<String, byte[]>> polled = poll(consumer);
                handler.accept(polled);
                consumer.commitSync();
                handled += polled.size();
                polls++;
            }
            return handled * 1e9 / (System.nanoTime() - start);
        }
    }

    private static List<ConsumerRecord<String, byte[]>> poll(KafkaConsumer<String, byte[]> consumer) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>(POLL);
        consumer.poll(PATIENCE).forEach(records::add);
        if (records.isEmpty()) throw new IllegalStateException("records are missing");
        return records;
    }

    int polls() {
        return polls;
    }

    private Map<String, Object> settings() {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.address(),
                ConsumerConfig.GROUP_ID_CONFIG,
                "benchmark-" + UUID.randomUUID(),
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                POLL);
    }
}
