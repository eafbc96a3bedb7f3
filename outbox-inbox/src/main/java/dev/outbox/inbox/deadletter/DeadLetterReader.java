package dev.outbox.inbox.deadletter;

import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.RecordPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads copies at the positions that the rows of dead letters name. Of no consumer group, and for one thread. */
final class DeadLetterReader implements Originals {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Consumer<byte[], byte[]> consumer;
    private @Nullable RecordPosition next;

    DeadLetterReader(Map<String, Object> consumerSettings) {
        this.consumer = new KafkaConsumer<>(settings(consumerSettings));
    }

    private static Map<String, Object> settings(Map<String, Object> ofTheApplication) {
        Map<String, Object> settings = new HashMap<>(ofTheApplication);
        settings.keySet()
                .removeAll(List.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
                        ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                        ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG));
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        // a fetch at the end of the partition would keep the next position waiting for half a second
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 10);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return settings;
    }

    @Override
    public ConsumerRecord<byte[], byte[]> read(DeadLetter letter) {
        ConsumerRecord<byte[], byte[]> copy = read(letter.copy());
        if (copy == null) throw missing(letter);
        return DeadLetterHeaders.original(copy, letter.consumer(), letter.source())
                .orElseThrow(() -> missing(letter));
    }

    private static DeadLetterException missing(DeadLetter letter) {
        return new DeadLetterException(
                "The copy of %s is not at %s any more: its topic does not keep records for long enough, or was made anew. Discard the dead letter, and publish the event again if it is needed."
                        .formatted(letter, letter.copy()));
    }

    private @Nullable ConsumerRecord<byte[], byte[]> read(RecordPosition position) {
        TopicPartition partition = new TopicPartition(position.topic(), position.partition());
        if (!position.equals(next)) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, position.offset());
        }
        next = null;
        try {
            if (isBehindTheEnd(partition, position.offset())) return null;
            long start = System.nanoTime();
            while (System.nanoTime() - start < PATIENCE.toNanos()) {
                List<ConsumerRecord<byte[], byte[]>> read =
                        consumer.poll(PATIENCE).records(partition);
                if (read.isEmpty()) continue;
                next = new RecordPosition(position.topic(), position.partition(), consumer.position(partition));
                return read.get(0).offset() == position.offset() ? read.get(0) : null;
            }
        } catch (OffsetOutOfRangeException e) {
            return null;
        }
        throw new org.apache.kafka.common.errors.TimeoutException("No answer for %d s when reading %s."
                .formatted(TimeUnit.NANOSECONDS.toSeconds(PATIENCE.toNanos()), position));
    }

    private boolean isBehindTheEnd(TopicPartition partition, long offset) {
        Long end = consumer.endOffsets(List.of(partition)).get(partition);
        return end == null || offset >= end;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
