package dev.outbox.inbox.listener;

import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.AcknowledgingConsumerAwareMessageListener;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.adapter.AbstractDelegatingMessageListenerAdapter;
import org.springframework.kafka.support.Acknowledgment;

/** Hands a listener of records those that are to be handled. */
final class InboxRecordListener extends AbstractDelegatingMessageListenerAdapter<MessageListener<String, byte[]>>
        implements AcknowledgingConsumerAwareMessageListener<String, byte[]> {
    private final InboxRecords records;

    InboxRecordListener(MessageListener<String, byte[]> listener, InboxRecords records) {
        super(listener);
        this.records = records;
    }

    /** When it returns, the container may commit the offset. */
    @Override
    public void onMessage(
            ConsumerRecord<String, byte[]> record,
            @Nullable Acknowledgment acknowledgment,
            @Nullable Consumer<?, ?> consumer) {
        records.handle(record, read -> delegate.onMessage(read, acknowledgment, consumer));
    }

    @Override
    public void onPartitionsRevoked(@Nullable Collection<TopicPartition> partitions) {
        super.onPartitionsRevoked(partitions);
        if (partitions != null) records.goOn(partitions);
    }
}
