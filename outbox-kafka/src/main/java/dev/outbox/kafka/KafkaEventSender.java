package dev.outbox.kafka;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.kafka.ClosedPartitions.Closed;
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
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to Kafka with a producer of its own: the application's settings for brokers and security, ours for what the guarantees need.
 *
 * <p>A producer that has become useless is replaced. Safe for use by many threads. Closing it closes the producer.
 */
public final class KafkaEventSender implements EventSender, AutoCloseable {
    private static final Duration YOUTH = Duration.ofSeconds(1);
    private static final int BATCH_BYTES = 64 * 1024;

    private final CurrentProducer producers;
    private final KafkaRecords records;
    private final ClosedTopics topics = new ClosedTopics();
    private final ClosedPartitions partitions = new ClosedPartitions();
    private final LastAnswer lastAnswer = new LastAnswer();
    private final @Nullable TopicDurability durability;

    /**
     * A sender on producers of the caller's making.
     *
     * @param producers creates a producer; asked at once, and again whenever the last one has become useless. What it throws then fails a send, for a reason
     *     of the broker, and it is asked again with the next one
     * @param source the CloudEvents source of all events of this application, a URI reference such as {@code /order-app}
     */
    public KafkaEventSender(Supplier<Producer<byte[], byte[]>> producers, String source) {
        this(producers, source, YOUTH, null);
    }

    KafkaEventSender(
            Supplier<Producer<byte[], byte[]>> producers,
            String source,
            Duration youth,
            @Nullable TopicDurability durability) {
        this.producers = new CurrentProducer(producers, youth);
        this.records = new KafkaRecords(source);
        this.durability = durability;
    }

    /**
     * A sender on a new producer. Brokers need not be reachable yet. It warns of topics on which an acknowledged event can be lost with a single broker.
     *
     * @param applicationSettings producer settings of the application; what {@link #settings} enforces wins over them
     * @param sendTimeout how long the relay waits for a wave: the producer gives up by itself before that
     * @throws OutboxConfigurationException if Kafka refuses the settings, for a host that cannot be resolved for instance, or if the time-outs do not fit
     */
    public static KafkaEventSender create(
            Map<String, Object> applicationSettings, Duration sendTimeout, String source) {
        try {
            Map<String, Object> settings = settings(applicationSettings, sendTimeout);
            Map<String, Object> admin = TopicDurability.adminSettings(settings);
            return new KafkaEventSender(
                    () -> new KafkaProducer<>(settings), source, YOUTH, new TopicDurability(() -> Admin.create(admin)));
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
     * (the key alone decides on the partition). Time-outs that the application has not set are derived from {@code sendTimeout}; {@code linger.ms} is 1 and
     * {@code batch.size} 64 KiB unless it has set them, so that a wave takes few requests.
     *
     * @throws OutboxConfigurationException if the application's own time-outs do not end before {@code sendTimeout}, or contradict each other
     * @throws KafkaException if one of them is not a number
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
        settings.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        ProducerTimeouts.of(applicationSettings, sendTimeout).addTo(settings);
        return settings;
    }

    @Override
    public CompletionStage<SentPosition> send(OutboxRecord event) {
        SendException closed = topics.stillClosed(event.topic());
        if (closed != null) return CompletableFuture.failedFuture(closed);
        try {
            return new Sending(event, producers.get()).start();
        } catch (SendException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Waits up to five seconds for sends under way, so that what can still be acknowledged is not sent twice. */
    @Override
    public void close() {
        if (durability != null) durability.close();
        producers.close();
    }

    private final class Sending implements Callback {
        private final ProducerRecord<byte[], byte[]> record;
        private final Producer<byte[], byte[]> producer;
        private final CompletableFuture<SentPosition> sent = new CompletableFuture<>();
        private final Thread caller = Thread.currentThread();
        private final long start = System.nanoTime();
        private @Nullable Closed watched;

        Sending(OutboxRecord event, Producer<byte[], byte[]> producer) {
            this.record = records.of(event);
            this.producer = producer;
        }

        CompletionStage<SentPosition> start() {
            try {
                Closed closed = partitions.of(record, producer);
                if (closed != null) {
                    sent.completeExceptionally(closed.reason());
                    if (!closed.watch()) return sent;
                    watched = closed;
                }
                Future<?> unused = producer.send(record, this);
            } catch (KafkaException | IllegalStateException e) {
                failed(e, null);
            }
            return sent;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, @Nullable Exception failure) {
            TopicPartition partition = new TopicPartition(record.topic(), metadata.partition());
            if (failure != null) {
                failed(failure, partition);
                return;
            }
            lastAnswer.acknowledged();
            partitions.open(partition);
            if (watched != null) partitions.open(watched);
            if (durability != null) durability.acknowledged(partition.topic());
            sent.complete(new SentPosition(partition.topic(), partition.partition(), metadata.offset()));
        }

        private void failed(Exception failure, @Nullable TopicPartition partition) {
            if (KafkaFailures.isOfTheProducer(failure)) producers.discard(producer, failure);
            SendException classified = classified(failure);
            if (classified.scope() == FailureScope.TOPIC) close(classified, partition);
            if (watched != null) leave(watched, classified);
            sent.completeExceptionally(classified);
        }

        /** When nobody answers it is not the partition: sends have to find that out, or the relay would not know that the broker is gone. */
        private void leave(Closed closed, SendException reason) {
            if (reason.scope() == FailureScope.BROKER) partitions.open(closed);
            else closed.leave();
        }

        /** In the caller's thread the topic as a whole has failed, and has kept that thread waiting. What can be retried has kept the partition's wave waiting. */
        private void close(SendException reason, @Nullable TopicPartition partition) {
            if (Thread.currentThread() == caller) topics.close(record.topic(), reason);
            else if (partition != null && partition.partition() >= 0 && reason.getCause() instanceof RetriableException)
                partitions.close(partition, reason);
        }

        /** Silence while brokers answer otherwise is not that of the broker: this partition has no leader, or a dead one. */
        private SendException classified(Exception failure) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            return KafkaFailures.isSilence(failure) && lastAnswer.lateIn(waited, producer)
                    ? SendException.ofTopic(failure)
                    : KafkaFailures.classify(failure);
        }
    }
}
