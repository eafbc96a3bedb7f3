package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.inbox.RecordPosition;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * What a copy in the dead-letter topic has in headers besides those of the original: they come behind them, beginning with {@link #CONSUMER}, so that both can be told apart, also in a copy of a copy. The names
 * that begin with {@code kafka_dlt-} are those of Spring Kafka, in its encoding.
 */
final class DeadLetterHeaders {
    static final String CONSUMER = "outbox_dlt-consumer";
    static final String ATTEMPTS = "outbox_dlt-attempts";
    static final String FOLLOWER = "outbox_dlt-follower";
    static final String TOPIC = "kafka_dlt-original-topic";
    static final String PARTITION = "kafka_dlt-original-partition";
    static final String OFFSET = "kafka_dlt-original-offset";
    static final String TIMESTAMP = "kafka_dlt-original-timestamp";
    static final String TIMESTAMP_TYPE = "kafka_dlt-original-timestamp-type";
    static final String EXCEPTION = "kafka_dlt-exception-fqcn";
    static final String MESSAGE = "kafka_dlt-exception-message";

    private DeadLetterHeaders() {}

    /** Those of a copy of {@code record}. */
    static Headers of(ConsumerRecord<?, ?> record, Aside aside) {
        Headers headers = new RecordHeaders(record.headers().toArray());
        add(headers, CONSUMER, aside.consumer());
        add(headers, ATTEMPTS, Integer.toString(aside.attempts()));
        add(headers, FOLLOWER, Boolean.toString(aside.follower()));
        add(headers, TOPIC, record.topic());
        headers.add(
                PARTITION,
                ByteBuffer.allocate(Integer.BYTES).putInt(record.partition()).array());
        headers.add(
                OFFSET, ByteBuffer.allocate(Long.BYTES).putLong(record.offset()).array());
        headers.add(
                TIMESTAMP,
                ByteBuffer.allocate(Long.BYTES).putLong(record.timestamp()).array());
        add(headers, TIMESTAMP_TYPE, record.timestampType().toString());
        if (!aside.follower()) add(headers, EXCEPTION, aside.cause().exception());
        add(headers, MESSAGE, aside.cause().text());
        return headers;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }

    /** The original of a copy, where and as it was; empty if it is a copy of something else. */
    static Optional<ConsumerRecord<byte[], byte[]>> original(
            ConsumerRecord<byte[], byte[]> copy, String consumer, RecordPosition source) {
        List<Header> all = Arrays.asList(copy.headers().toArray());
        int end = all.size() - 1;
        while (end >= 0 && !all.get(end).key().equals(CONSUMER)) end--;
        if (end < 0 || !consumer.equals(new String(all.get(end).value(), UTF_8)) || !source.equals(source(copy)))
            return Optional.empty();
        TimestampType type =
                TimestampType.forName(new String(last(copy, TIMESTAMP_TYPE).array(), UTF_8));
        return Optional.of(new ConsumerRecord<>(
                source.topic(),
                source.partition(),
                source.offset(),
                last(copy, TIMESTAMP).getLong(),
                type,
                copy.serializedKeySize(),
                copy.serializedValueSize(),
                copy.key(),
                copy.value(),
                new RecordHeaders(all.subList(0, end)),
                Optional.empty()));
    }

    private static RecordPosition source(ConsumerRecord<?, ?> copy) {
        return new RecordPosition(
                new String(last(copy, TOPIC).array(), UTF_8),
                last(copy, PARTITION).getInt(),
                last(copy, OFFSET).getLong());
    }

    private static ByteBuffer last(ConsumerRecord<?, ?> copy, String name) {
        return ByteBuffer.wrap(copy.headers().lastHeader(name).value());
    }
}
