package dev.outbox.inbox.listener;

import dev.outbox.inbox.deadletter.RecordHandling;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.support.TopicPartitionOffset;

/** Brings dead letters to the listeners of this application, of which a consumer may have several: the one of the topic gets it. */
public final class RedrivenRecords {
    private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();

    private record Listener(
            ContainerProperties subscription, boolean putsAside, Consumer<ConsumerRecord<String, byte[]>> handling) {
        boolean listensTo(String topic) {
            if (subscription.getTopics() != null)
                return List.of(subscription.getTopics()).contains(topic);
            if (subscription.getTopicPattern() != null)
                return subscription.getTopicPattern().matcher(topic).matches();
            TopicPartitionOffset[] partitions = subscription.getTopicPartitions();
            if (partitions == null) return false;
            for (TopicPartitionOffset partition : partitions)
                if (partition.getTopic().equals(topic)) return true;
            return false;
        }
    }

    /** @param putsAside whether what cannot be handled goes to the dead-letter topic */
    void add(
            String consumer,
            ContainerProperties subscription,
            boolean putsAside,
            Consumer<ConsumerRecord<String, byte[]>> handling) {
        listeners
                .computeIfAbsent(consumer, name -> new CopyOnWriteArrayList<>())
                .add(new Listener(subscription, putsAside, handling));
    }

    /** Whether no listener was found. */
    public boolean isEmpty() {
        return listeners.isEmpty();
    }

    /** The consumers that put records of a topic aside when they cannot handle them. */
    public Set<String> puttingAside(String topic) {
        Set<String> consumers = new TreeSet<>();
        listeners.forEach((consumer, known) -> {
            if (known.stream().anyMatch(listener -> listener.putsAside() && listener.listensTo(topic)))
                consumers.add(consumer);
        });
        return consumers;
    }

    /** How the records of a consumer are handled; null if no listener here is of that name. */
    public @Nullable RecordHandling of(String consumer) {
        List<Listener> known = listeners.get(consumer);
        return known == null ? null : record -> handle(consumer, known, record);
    }

    private static void handle(String consumer, List<Listener> known, ConsumerRecord<byte[], byte[]> record) {
        known.stream()
                .filter(listener -> listener.listensTo(record.topic()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "The consumer '%s' does not listen to %s here. Redrive its dead letters where it does."
                                .formatted(consumer, record.topic())))
                .handling()
                .accept(withTextAsKey(record));
    }

    private static ConsumerRecord<String, byte[]> withTextAsKey(ConsumerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8),
                record.value(),
                record.headers(),
                Optional.empty());
    }
}
