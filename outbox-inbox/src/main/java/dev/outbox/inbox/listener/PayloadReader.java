package dev.outbox.inbox.listener;

import dev.outbox.inbox.InboxMessage;
import dev.outbox.spi.PayloadFormat;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.converter.BatchMessageConverter;
import org.springframework.kafka.support.converter.RecordMessageConverter;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;

/** Makes of records what a listener method takes. */
final class PayloadReader implements RecordMessageConverter {
    private final PayloadTypes types;
    private final PayloadFormat format;

    PayloadReader(PayloadTypes types, PayloadFormat format) {
        this.types = types;
        this.format = format;
    }

    @Override
    public Message<?> toMessage(
            ConsumerRecord<?, ?> record,
            @Nullable Object acknowledgment,
            @Nullable Object consumer,
            @Nullable Type type) {
        InboxMessage message = ((InboxRecord) record).message();
        Map<String, Object> headers = new HashMap<>(message.headers());
        headers.put(InboxMessages.HEADER, message);
        headers.put(KafkaHeaders.RECEIVED_KEY, message.aggregateId());
        headers.put(KafkaHeaders.RECEIVED_TOPIC, record.topic());
        headers.put(KafkaHeaders.RECEIVED_PARTITION, record.partition());
        headers.put(KafkaHeaders.OFFSET, record.offset());
        headers.put(KafkaHeaders.RECEIVED_TIMESTAMP, record.timestamp());
        return new GenericMessage<>(payload(message), headers);
    }

    /** What Spring Kafka 3 calls instead; its interface has this method in the place of the one above. */
    public Message<?> toMessage(
            ConsumerRecord<?, ?> record,
            @Nullable Acknowledgment acknowledgment,
            @Nullable Consumer<?, ?> consumer,
            @Nullable Type type) {
        return toMessage(record, (Object) acknowledgment, (Object) consumer, type);
    }

    private Object payload(InboxMessage message) {
        Type type = types.of(message.eventType());
        if (type == byte[].class) return message.payload();
        try {
            return format.deserialize(message.payload(), type);
        } catch (Exception e) {
            throw new UnreadablePayloadException(message, type, e);
        }
    }

    @Override
    public ProducerRecord<?, ?> fromMessage(Message<?> message, @Nullable String defaultTopic) {
        throw noReplies();
    }

    private static UnsupportedOperationException noReplies() {
        return new UnsupportedOperationException("An inbox listener sends no replies. Publish an event instead.");
    }

    BatchMessageConverter ofBatches() {
        return new Batches();
    }

    private final class Batches implements BatchMessageConverter {
        @Override
        public Message<?> toMessage(
                List<ConsumerRecord<?, ?>> records,
                @Nullable Acknowledgment acknowledgment,
                @Nullable Consumer<?, ?> consumer,
                Type type) {
            List<InboxMessage> messages = new ArrayList<>(records.size());
            List<Object> payloads = new ArrayList<>(records.size());
            for (ConsumerRecord<?, ?> record : records) {
                InboxMessage message = ((InboxRecord) record).message();
                messages.add(message);
                payloads.add(payload(message));
            }
            return new GenericMessage<>(payloads, Map.of(InboxMessages.HEADER, messages));
        }

        @Override
        public RecordMessageConverter getRecordMessageConverter() {
            return PayloadReader.this;
        }

        @Override
        public List<ProducerRecord<?, ?>> fromMessage(Message<?> message, String defaultTopic) {
            throw noReplies();
        }
    }
}
