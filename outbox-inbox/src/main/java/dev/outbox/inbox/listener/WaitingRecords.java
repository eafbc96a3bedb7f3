package dev.outbox.inbox.listener;

import dev.outbox.inbox.RecordPosition;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of this process's listeners that are tried again until it works, and what they wait for: the end of an outage, a key to decrypt with, a dead-letter topic. Their partitions wait meanwhile. Safe
 * for use by many threads.
 */
public final class WaitingRecords {
    private final Map<Place, Waiting> waiting = new ConcurrentHashMap<>();

    private record Place(String consumer, TopicPartition partition) {}

    /**
     * One of them.
     *
     * @param since when it failed first, by this process's clock
     * @param reason why it failed last, without anything of its payload
     */
    public record Waiting(String consumer, RecordPosition position, Instant since, String reason) {}

    /** Those of now, in no order. */
    public List<Waiting> all() {
        return List.copyOf(waiting.values());
    }

    void waits(String consumer, ConsumerRecord<?, ?> record, String reason) {
        RecordPosition position = new RecordPosition(record.topic(), record.partition(), record.offset());
        waiting.compute(
                new Place(consumer, new TopicPartition(record.topic(), record.partition())),
                (place, before) -> new Waiting(
                        consumer,
                        position,
                        before != null && before.position().equals(position) ? before.since() : Instant.now(),
                        reason));
    }

    /** A record of each of these partitions was handled or put aside, or the partition is somebody else's now. */
    void goOn(String consumer, Collection<TopicPartition> partitions) {
        if (waiting.isEmpty()) return;
        for (TopicPartition partition : partitions) waiting.remove(new Place(consumer, partition));
    }
}
