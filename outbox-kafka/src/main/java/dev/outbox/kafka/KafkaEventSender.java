package dev.outbox.kafka;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.FailureScope;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends events to Kafka with a producer of its own: the application's settings for brokers and security, ours for what the guarantees need.
 *
 * <p>Safe for use by many threads. Closing it closes the producer.
 */
public final class KafkaEventSender implements EventSender, AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final KafkaRecords records;
    private final ClosedTopics topics = new ClosedTopics();

    /** @param source the CloudEvents source of all events of this application, a URI reference such as {@code /order-app} */
    public KafkaEventSender(Producer<byte[], byte[]> producer, String source) {
        this.producer = producer;
        this.records = new KafkaRecords(source);
    }

    /**
     * A sender on a new producer. Brokers need not be reachable yet.
     *
     * @param applicationSettings producer settings of the application; what {@link #settings} enforces wins over them
     * @param sendTimeout how long the relay waits for a wave: the producer gives up by itself before that
     * @throws OutboxConfigurationException if Kafka refuses the settings, for a host that cannot be resolved for instance
     */
    public static KafkaEventSender create(
            Map<String, Object> applicationSettings, Duration sendTimeout, String source) {
        try {
            return new KafkaEventSender(new KafkaProducer<>(settings(applicationSettings, sendTimeout)), source);
        } catch (KafkaException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new OutboxConfigurationException(
                    "The outbox cannot create its Kafka producer: %s.".formatted(reason.getMessage()),
                    "Correct the settings of the brokers (spring.kafka.*).",
                    e);
        }
    }

    /**
     * The producer settings: the application's, with bytes, {@code acks=all} and idempotence enforced, without its transactional id and partitioner
     * (the key alone decides on the partition), and time-outs that end before {@code sendTimeout}.
     */
    public static Map<String, Object> settings(Map<String, Object> applicationSettings, Duration sendTimeout) {
        Map<String, Object> settings = new HashMap<>(applicationSettings);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        settings.remove(ProducerConfig.PARTITIONER_CLASS_CONFIG);
        settings.put(ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG, false);
        // send() may wait for metadata for max.block, then the batch may take delivery.timeout: together less than
        // sendTimeout.
        int third = Math.toIntExact(sendTimeout.toMillis() / 3);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) third);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, third);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, third + third / 2);
        return settings;
    }

    @Override
    public CompletionStage<SentPosition> send(OutboxRecord event) {
        CompletableFuture<SentPosition> sent = new CompletableFuture<>();
        SendException closed = topics.stillClosed(event.topic());
        if (closed != null) {
            sent.completeExceptionally(closed);
            return sent;
        }
        try {
            Future<?> unused = producer.send(records.of(event), (metadata, failure) -> {
                if (failure != null) {
                    sent.completeExceptionally(classified(event, failure));
                } else {
                    sent.complete(new SentPosition(metadata.topic(), metadata.partition(), metadata.offset()));
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            sent.completeExceptionally(classified(event, e));
        }
        return sent;
    }

    private SendException classified(OutboxRecord event, Exception failure) {
        SendException classified = KafkaFailures.classify(failure);
        if (classified.scope() == FailureScope.TOPIC) topics.close(event.topic(), classified);
        return classified;
    }

    /** Waits up to five seconds for sends under way, so that what can still be acknowledged is not sent twice. */
    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
