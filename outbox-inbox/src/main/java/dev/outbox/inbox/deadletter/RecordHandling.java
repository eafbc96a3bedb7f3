package dev.outbox.inbox.deadletter;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Handles a record as the listener of a consumer does. Has to be safe for use by many threads. */
@FunctionalInterface
public interface RecordHandling {
    /**
     * Handles the record in the current transaction, and records in it that it is handled; a duplicate is no failure. Does not ask whether its key is held.
     *
     * @param record where and as it was when the listener got it first
     */
    void handle(ConsumerRecord<byte[], byte[]> record);
}
