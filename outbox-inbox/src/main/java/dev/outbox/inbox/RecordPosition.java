package dev.outbox.inbox;

/** Where a record is in Kafka. */
public record RecordPosition(String topic, int partition, long offset) {
    @Override
    public String toString() {
        return "%s-%d@%d".formatted(topic, partition, offset);
    }
}
