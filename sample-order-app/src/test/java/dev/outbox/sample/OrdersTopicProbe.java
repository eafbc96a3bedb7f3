package dev.outbox.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.test.KafkaServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A look into topics, and a hand in one of them, by default that of orders. */
final class OrdersTopicProbe implements AutoCloseable {
    private final List<TopicPartition> partitions;
    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;

    OrdersTopicProbe(KafkaServer kafka) {
        this(kafka, "orders");
    }

    /** @param topic of the shop, with three partitions */
    OrdersTopicProbe(KafkaServer kafka, String topic) {
        partitions = IntStream.range(0, 3)
                .mapToObj(i -> new TopicPartition(topic, i))
                .toList();
        Map<String, Object> servers = Map.of("bootstrap.servers", kafka.bootstrapServers());
        admin = Admin.create(servers);
        consumer = new KafkaConsumer<>(servers, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        producer = new KafkaProducer<>(servers, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** The record of an event, which is in the topic. */
    ConsumerRecord<byte[], byte[]> find(String eventId) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                if (header(record, "ce_id").equals(eventId)) return record;
            }
        }
        throw new AssertionError("no record of event " + eventId);
    }

    /** What is in a topic now. */
    static List<ConsumerRecord<String, byte[]>> records(KafkaServer kafka, String topic) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()))
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            return records;
        }
    }

    /** Type and version of each event of an order that is in the topic now, copies counted once. */
    static List<String> eventsOf(KafkaServer kafka, String orderId) {
        Map<String, String> events = new LinkedHashMap<>();
        records(kafka, "orders").stream()
                .filter(record -> orderId.equals(record.key()))
                .forEach(record -> events.putIfAbsent(
                        header(record, "ce_id"),
                        header(record, "ce_type") + " " + header(record, "ce_aggregateversion")));
        return List.copyOf(events.values());
    }

    /** Empty if the record has no such header. */
    static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    /** Sends a copy of a record, to the same partition. */
    void send(ConsumerRecord<byte[], byte[]> record) throws ExecutionException, InterruptedException {
        ProducerRecord<byte[], byte[]> copy = new ProducerRecord<>(
                record.topic(), record.partition(), record.key(), record.value(), record.headers());
        producer.send(copy).get();
    }

    /** Whether a consumer group has acknowledged everything that is in the topic. */
    boolean isConsumedBy(String group) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> acknowledged = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        OffsetAndMetadata nothing = new OffsetAndMetadata(0);
        return consumer.endOffsets(partitions).entrySet().stream()
                .allMatch(
                        end -> acknowledged.getOrDefault(end.getKey(), nothing).offset() == end.getValue());
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
        admin.close();
    }
}
