package dev.outbox.sample.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.test.KafkaServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
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
import org.apache.kafka.common.serialization.StringSerializer;

/** The topics of the shop, read and written without its help. Not safe for use by many threads at once. */
final class Topics implements AutoCloseable {
    private final Admin admin;
    private final KafkaConsumer<String, byte[]> consumer;
    private final KafkaProducer<String, byte[]> producer;

    Topics(KafkaServer kafka) {
        Map<String, Object> servers = Map.of("bootstrap.servers", kafka.bootstrapServers());
        admin = Admin.create(servers);
        consumer = new KafkaConsumer<>(servers, new StringDeserializer(), new ByteArrayDeserializer());
        producer = new KafkaProducer<>(servers, new StringSerializer(), new ByteArraySerializer());
    }

    /** A record of an event, as it is in a topic. */
    record Sent(ConsumerRecord<String, byte[]> record) {
        String eventId() {
            return header("ce_id");
        }

        String type() {
            return header("ce_type");
        }

        /** The aggregate. */
        String subject() {
            return header("ce_subject");
        }

        private String header(String name) {
            Header header = record.headers().lastHeader(name);
            return header == null ? "" : new String(header.value(), UTF_8);
        }
    }

    /** All records of a topic, each partition in its order, copies included. */
    List<Sent> read(String topic) {
        List<TopicPartition> partitions = partitions(topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<Sent> records = new ArrayList<>();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()))
            consumer.poll(Duration.ofMillis(100)).forEach(record -> records.add(new Sent(record)));
        return records;
    }

    /** Sends every tenth record once more, to where it is, and returns how many these are. */
    int sendCopies(String topic) {
        List<Sent> records = read(topic);
        int copies = 0;
        for (int i = 0; i < records.size(); i += 10) {
            ConsumerRecord<String, byte[]> record = records.get(i).record();
            producer.send(
                    new ProducerRecord<>(topic, record.partition(), record.key(), record.value(), record.headers()));
            copies++;
        }
        producer.flush();
        return copies;
    }

    /** How many records of these topics there are that a consumer has not acknowledged, summed up over all consumers. */
    long lag(List<String> topics) throws ExecutionException, InterruptedException {
        long lag = 0;
        for (GroupListing group :
                admin.listGroups(ListGroupsOptions.forConsumerGroups()).all().get()) {
            Map<TopicPartition, OffsetAndMetadata> acknowledged = admin.listConsumerGroupOffsets(group.groupId())
                    .partitionsToOffsetAndMetadata()
                    .get();
            for (String topic : topics) lag += lag(topic, acknowledged);
        }
        return lag;
    }

    /** None of a topic from which the consumer has never acknowledged anything: it does not read it. */
    private long lag(String topic, Map<TopicPartition, OffsetAndMetadata> acknowledged) {
        if (acknowledged.keySet().stream()
                .noneMatch(partition -> partition.topic().equals(topic))) return 0;
        OffsetAndMetadata nothing = new OffsetAndMetadata(0);
        return consumer.endOffsets(partitions(topic)).entrySet().stream()
                .mapToLong(end -> end.getValue()
                        - acknowledged.getOrDefault(end.getKey(), nothing).offset())
                .sum();
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
        admin.close();
    }
}
