package dev.outbox.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The only member of its group, which lags behind: it takes a moment for each record. */
final class SlowConsumer implements AutoCloseable {
    private static final Duration FOR_A_RECORD = Duration.ofMillis(2);

    private final KafkaConsumer<String, byte[]> consumer;
    private final String bootstrapServers;
    private final String topic;
    private final Map<String, List<Long>> seqs = new ConcurrentHashMap<>();
    private final Map<String, Set<Integer>> partitions = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::consume, "slow consumer");
    private volatile int assigned;
    private volatile boolean stopped;

    SlowConsumer(String bootstrapServers, String topic) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.GROUP_ID_CONFIG,
                        topic,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                        300,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        10),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        thread.start();
    }

    private void consume() {
        consumer.subscribe(List.of(topic));
        while (!stopped) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) handle(record);
            consumer.commitSync();
            assigned = consumer.assignment().size();
        }
        consumer.close();
    }

    private void handle(ConsumerRecord<String, byte[]> record) {
        LockSupport.parkNanos(FOR_A_RECORD.toNanos());
        List<Long> ofKey = seqs.computeIfAbsent(record.key(), key -> new CopyOnWriteArrayList<>());
        long seq = Long.parseLong(Topic.header(record, "ce_sequence"));
        if (!ofKey.contains(seq)) ofKey.add(seq);
        partitions
                .computeIfAbsent(record.key(), key -> ConcurrentHashMap.newKeySet())
                .add(record.partition());
    }

    /** The sequence numbers of each key in the order in which they were first handled. */
    Map<String, List<Long>> seqs() {
        return seqs;
    }

    int handled() {
        return seqs.values().stream().mapToInt(List::size).sum();
    }

    /** Keys that were met in more than one partition. */
    long movedKeys() {
        return partitions.values().stream().filter(met -> met.size() > 1).count();
    }

    int assignedPartitions() {
        return assigned;
    }

    /** What the topic has and the group has not committed yet, as an administrator sees it. */
    long lag() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(topic)
                    .partitionsToOffsetAndMetadata()
                    .get();
            long lag = 0;
            for (int partition : partitionsOf(admin)) {
                TopicPartition one = new TopicPartition(topic, partition);
                OffsetAndMetadata offset = committed.get(one);
                long end = admin.listOffsets(Map.of(one, OffsetSpec.latest()))
                        .partitionResult(one)
                        .get()
                        .offset();
                lag += end - (offset == null ? 0 : offset.offset());
            }
            return lag;
        }
    }

    private List<Integer> partitionsOf(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                .flatMap(description -> description.partitions().stream())
                .map(partition -> partition.partition())
                .toList();
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
