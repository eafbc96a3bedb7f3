package dev.outbox.inbox.listener;

import dev.outbox.inbox.InboxMessage;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record with what was read of it: its payload is decrypted. */
final class InboxRecord extends ConsumerRecord<String, byte[]> {
    private final InboxMessage message;

    InboxRecord(ConsumerRecord<String, byte[]> record, InboxMessage message) {
        super(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                message.payload().length,
                record.key(),
                message.payload(),
                record.headers(),
                Optional.empty());
        this.message = message;
    }

    InboxMessage message() {
        return message;
    }
}
