package dev.outbox.inbox.deadletter;

import dev.outbox.inbox.DeadLetter;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where the originals of dead letters are to be had. For one thread. */
interface Originals extends AutoCloseable {
    /**
     * The original of a dead letter, where and as it was.
     *
     * @throws DeadLetterException if its copy is not there
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    ConsumerRecord<byte[], byte[]> read(DeadLetter letter);

    @Override
    void close();
}
