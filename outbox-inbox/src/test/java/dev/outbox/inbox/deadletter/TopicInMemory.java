package dev.outbox.inbox.deadletter;

import dev.outbox.inbox.DeadLetter;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A dead-letter topic with one partition, for tests of what is in the tables. */
final class TopicInMemory implements Originals {
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

    /** Called before a copy is read. */
    volatile Runnable beforeReading = () -> {};

    DeadLetterTopic topic() {
        return new DeadLetterTopic(() -> producer, DeadLetterTopic.DEFAULT_PATTERN);
    }

    int copies() {
        return producer.history().size();
    }

    @Override
    public ConsumerRecord<byte[], byte[]> read(DeadLetter letter) {
        beforeReading.run();
        List<ProducerRecord<byte[], byte[]>> all = producer.history();
        ProducerRecord<byte[], byte[]> sent = all.get((int) letter.copy().offset());
        ConsumerRecord<byte[], byte[]> copy = new ConsumerRecord<>(
                sent.topic(),
                letter.copy().partition(),
                letter.copy().offset(),
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                new RecordHeaders(sent.headers().toArray()),
                java.util.Optional.empty());
        return DeadLetterHeaders.original(copy, letter.consumer(), letter.source())
                .orElseThrow();
    }

    @Override
    public void close() {}
}
