package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.inbox.RecordPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Puts copies of records into the dead-letter topic: key, value and headers as they are, encrypted if they were, and the cause in further headers. The partition is chosen by the key. Safe for use by many
 * threads.
 */
public final class DeadLetterTopic implements AutoCloseable {
    /** What is replaced by the name of the record's topic. */
    private static final String PLACE = "{topic}";

    /** The usual name. */
    public static final String DEFAULT_PATTERN = PLACE + ".DLT";

    /** Well below {@code max.poll.interval.ms}, so that a listener that waits for an answer stays in its group. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A copy is larger than its original, which had passed the limit of another producer: what counts is the limit of the topic. */
    private static final int LARGEST_REQUEST = 32 << 20;

    private final String pattern;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean closed;

    /**
     * @param producerSettings those of the application's producers; serializers, time-outs and what is needed for safe keeping are set here
     * @param pattern the name of the dead-letter topic, with {@code {topic}} in the place of the name of the topic that a record comes from
     * @throws OutboxConfigurationException if {@code pattern} does not name that place
     */
    public DeadLetterTopic(Map<String, Object> producerSettings, String pattern) {
        this(() -> new KafkaProducer<>(settings(producerSettings)), pattern);
    }

    DeadLetterTopic(Supplier<Producer<byte[], byte[]>> producers, String pattern) {
        if (!pattern.contains(PLACE) || pattern.equals(PLACE)) {
            throw new OutboxConfigurationException(
                    "The name of the dead-letter topic, '%s', does not tell it from the topic of the records."
                            .formatted(pattern),
                    "Set outbox.inbox.dead-letter-topic to something like '%s'.".formatted(DEFAULT_PATTERN));
        }
        this.producers = producers;
        this.pattern = pattern;
    }

    static Map<String, Object> settings(Map<String, Object> ofTheApplication) {
        Map<String, Object> settings = new HashMap<>(ofTheApplication);
        settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
        settings.put(
                ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) PATIENCE.dividedBy(6).toMillis());
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int)
                PATIENCE.dividedBy(3).toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        return settings;
    }

    /** The dead-letter topic of a topic. */
    public String nameFor(String topic) {
        return pattern.replace(PLACE, topic);
    }

    /**
     * Puts a copy there and waits for the acknowledgement.
     *
     * @throws DeadLetterException if there is none; the copy may be there all the same
     */
    RecordPosition put(ConsumerRecord<?, ?> record, Aside aside) {
        String topic = nameFor(record.topic());
        ProducerRecord<byte[], byte[]> copy = new ProducerRecord<>(
                topic,
                null,
                bytes(record, record.key()),
                bytes(record, record.value()),
                DeadLetterHeaders.of(record, aside));
        Producer<byte[], byte[]> used = null;
        try {
            used = producer();
            RecordMetadata put = used.send(copy).get();
            return new RecordPosition(put.topic(), put.partition(), put.offset());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(record, topic, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            replaceAfter(cause, used);
            throw failure(record, topic, cause);
        } catch (RuntimeException e) {
            replaceAfter(e, used);
            throw failure(record, topic, e);
        }
    }

    private static byte @Nullable [] bytes(ConsumerRecord<?, ?> record, @Nullable Object part) {
        if (part == null) return null;
        if (part instanceof byte[] bytes) return bytes;
        if (part instanceof String text) return text.getBytes(UTF_8);
        throw new DeadLetterException(
                "The record at offset %d of %s-%d cannot be copied to the dead-letter topic, because its consumer reads keys or values as %s: let it read them as byte[] or String."
                        .formatted(
                                record.offset(),
                                record.topic(),
                                record.partition(),
                                part.getClass().getName()));
    }

    private static DeadLetterException failure(ConsumerRecord<?, ?> record, String topic, Throwable cause) {
        return new DeadLetterException(
                "The record at offset %d of %s-%d fails and cannot be copied to the dead-letter topic %s, so it is tried again and its partition waits: %s"
                        .formatted(
                                record.offset(),
                                record.topic(),
                                record.partition(),
                                topic,
                                remedy(topic, record, cause)),
                cause);
    }

    private static String remedy(String topic, ConsumerRecord<?, ?> record, Throwable cause) {
        if (cause instanceof UnknownTopicOrPartitionException
                || cause.getCause() instanceof UnknownTopicOrPartitionException) {
            return "there is no such topic. Create %s with as many partitions as %s.".formatted(topic, record.topic());
        }
        if (cause instanceof RecordTooLargeException) {
            return "with its cause in headers it is too large. Raise max.message.bytes of %s.".formatted(topic);
        }
        if (cause instanceof TopicAuthorizationException) {
            return "this application may not. Allow it to write to %s.".formatted(topic);
        }
        return "%s. Check the brokers and the settings of the application's producers.".formatted(cause);
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed) throw new IllegalStateException("The producer of dead letters is closed.");
        if (producer == null) producer = producers.get();
        return producer;
    }

    /** The next copy gets a new producer, unless the failure says something about the topic or the record alone: others may be using this one. */
    private void replaceAfter(Throwable failure, @Nullable Producer<byte[], byte[]> useless) {
        if (failure instanceof RetriableException
                || failure instanceof RecordTooLargeException
                || failure instanceof SerializationException
                || failure instanceof InvalidTopicException
                || failure instanceof TopicAuthorizationException) return;
        synchronized (this) {
            if (useless == null || producer != useless) return;
            producer = null;
        }
        useless.close(Duration.ZERO);
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = producer;
            producer = null;
        }
        if (last != null) last.close(PATIENCE);
    }
}
