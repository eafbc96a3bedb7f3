package dev.outbox.kafka;

import dev.outbox.spi.SendException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Partitions that have let a send expire, because they have no leader or too few replicas. Each further send would keep its wave, and so the events of other
 * partitions, waiting for {@code delivery.timeout.ms}. Therefore all fail at once, and one of them is handed to the producer nevertheless, as the watch: its
 * acknowledgement opens the partition, and its event is sent twice. Safe for use by many threads.
 */
final class ClosedPartitions {
    /** A closed partition. */
    static final class Closed {
        private final TopicPartition partition;
        private final SendException reason;
        private final AtomicBoolean watched = new AtomicBoolean();

        private Closed(TopicPartition partition, SendException reason) {
            this.partition = partition;
            this.reason = reason;
        }

        SendException reason() {
            return reason;
        }

        /** Whether the caller is the watch from now on. */
        boolean watch() {
            return watched.compareAndSet(false, true);
        }

        /** The watch has failed; another one may take its place. */
        void leave() {
            watched.set(false);
        }
    }

    private final Map<TopicPartition, Closed> partitions = new ConcurrentHashMap<>();

    void close(TopicPartition partition, SendException reason) {
        partitions.putIfAbsent(partition, new Closed(partition, reason));
    }

    /** Nearly always there is none; every acknowledgement asks. */
    private boolean noneClosed() {
        return partitions.isEmpty();
    }

    void open(TopicPartition partition) {
        if (!noneClosed()) partitions.remove(partition);
    }

    void open(Closed closed) {
        partitions.remove(closed.partition, closed);
    }

    /** The closed partition that a record goes to, or null. Kafka's own rule for records with a key. */
    @Nullable
    Closed of(ProducerRecord<byte[], byte[]> record, Producer<?, ?> producer) {
        if (noneClosed()) return null;
        String topic = record.topic();
        if (partitions.keySet().stream().noneMatch(closed -> closed.topic().equals(topic))) return null;
        int count = producer.partitionsFor(topic).size();
        return partitions.get(new TopicPartition(topic, Utils.toPositive(Utils.murmur2(record.key())) % count));
    }
}
