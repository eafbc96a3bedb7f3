package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic from its beginning, as a consumer without an inbox sees it. */
final class Topic implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();

    Topic(String bootstrapServers, String topic) {
        consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads on to where the topic ends now. */
    Topic poll() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(300)).forEach(records::add);
        }
        return this;
    }

    List<ConsumerRecord<String, byte[]>> records() {
        return records;
    }

    /** Every event once, in the order of first deliveries. */
    Set<UUID> events() {
        Set<UUID> events = new LinkedHashSet<>();
        records.forEach(record -> events.add(UUID.fromString(header(record, "ce_id"))));
        return events;
    }

    /** The sequence numbers of each key, in the order of first deliveries. */
    Map<String, List<Long>> firstDeliveries() {
        Map<String, List<Long>> byKey = new HashMap<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            List<Long> seqs = byKey.computeIfAbsent(record.key(), key -> new ArrayList<>());
            long seq = Long.parseLong(header(record, "ce_sequence"));
            if (!seqs.contains(seq)) seqs.add(seq);
        }
        return byKey;
    }

    static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
