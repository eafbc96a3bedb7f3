package dev.outbox.inbox.listener;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.BatchAcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.BatchMessageListener;
import org.springframework.kafka.listener.adapter.AbstractDelegatingMessageListenerAdapter;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Hands a listener of batches those records of a poll that are to be handled, in one transaction. When that fails, whatever the reason, they are handled one by one, each in its own: so those before
 * the failing one are done, and the container is told which one it is.
 */
final class InboxBatchListener extends AbstractDelegatingMessageListenerAdapter<BatchMessageListener<String, byte[]>>
        implements BatchAcknowledgingConsumerAwareMessageListener<String, byte[]> {
    private static final Logger log = LoggerFactory.getLogger(InboxBatchListener.class);

    private final InboxRecords inbox;

    InboxBatchListener(BatchMessageListener<String, byte[]> listener, InboxRecords inbox) {
        super(listener);
        this.inbox = inbox;
    }

    /** When it returns, the container may commit the offsets. */
    @Override
    public void onMessage(
            List<ConsumerRecord<String, byte[]>> records,
            @Nullable Acknowledgment acknowledgment,
            @Nullable Consumer<?, ?> consumer) {
        try {
            inbox.handleAll(records, read -> delegate.onMessage(read, acknowledgment, consumer));
        } catch (RuntimeException e) {
            log.debug(
                    "A batch of {} is handled one by one, because it fails: {}",
                    records.size(),
                    e.getClass().getName());
            for (ConsumerRecord<String, byte[]> record : records) oneOfThem(record, acknowledgment, consumer);
        }
    }

    private void oneOfThem(
            ConsumerRecord<String, byte[]> record,
            @Nullable Acknowledgment acknowledgment,
            @Nullable Consumer<?, ?> consumer) {
        try {
            inbox.handle(record, read -> delegate.onMessage(List.of(read), acknowledgment, consumer));
        } catch (RuntimeException e) {
            throw new BatchListenerFailedException(
                    "The record at offset %d of %s-%d fails"
                            .formatted(record.offset(), record.topic(), record.partition()),
                    e,
                    record);
        }
    }

    @Override
    public void onPartitionsRevoked(@Nullable Collection<TopicPartition> partitions) {
        super.onPartitionsRevoked(partitions);
        if (partitions != null) inbox.goOn(partitions);
    }
}
