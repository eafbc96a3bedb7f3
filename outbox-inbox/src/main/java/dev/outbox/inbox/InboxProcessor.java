package dev.outbox.inbox;

import dev.outbox.encryption.PayloadCipher;
import dev.outbox.inbox.store.InboxStore;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Handles each event once per consumer: the record of having handled it and the business change commit in one transaction, or neither does.
 *
 * <p>Acknowledge the Kafka record after {@link #handle} has returned, and only then: a crash in between brings the record again, and
 * it is recognised. Safe for use by many threads.
 */
public final class InboxProcessor {
    private final InboxStore store;
    private final TransactionTemplate transaction;
    private final Decryption decryption;

    /**
     * For events that are not encrypted.
     *
     * @param transaction begins or joins the transaction of the business change, on the data source of {@code store}
     */
    public InboxProcessor(InboxStore store, TransactionTemplate transaction) {
        this(store, transaction, null);
    }

    /**
     * @param transaction begins or joins the transaction of the business change, on the data source of {@code store}
     * @param cipher decrypts payloads; null where none is encrypted
     */
    public InboxProcessor(InboxStore store, TransactionTemplate transaction, @Nullable PayloadCipher cipher) {
        this.store = store;
        this.transaction = transaction;
        this.decryption = new Decryption(cipher);
    }

    /**
     * Runs {@code handler} in a transaction, unless this consumer has handled the event already. It is given the payload decrypted; a duplicate is not decrypted, so
     * it takes no key.
     *
     * @param consumer names who handles, at most 100 characters; consumers of different names each handle every event
     * @param handler makes the business change; when it throws, nothing is recorded and the exception reaches the caller
     * @return false for a duplicate
     * @throws dev.outbox.MissingEncryptionKeyException if the payload is encrypted and its key is not to be had; nothing is recorded, and the event is to be handled again when
     *     the key is there
     * @throws dev.outbox.UndecryptablePayloadException if the payload is not what was published; nothing is recorded
     * @throws org.springframework.dao.ConcurrencyFailureException if another transaction is handling the same event, and the database has ended the wait for it: after
     *     its lock time-out; or, on MySQL and MariaDB, when that one rolls back and several are waiting, for all but one of them. Nothing is recorded then, and the event
     *     is to be handled again, as after any other exception.
     */
    public boolean handle(String consumer, InboxMessage message, Consumer<InboxMessage> handler) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            if (!store.record(consumer, message.eventId())) return false;
            handler.accept(decryption.decrypt(message));
            return true;
        }));
    }

    /**
     * The same for a record as it came from Kafka.
     *
     * @throws InvalidInboxRecordException if the record does not come from an outbox
     * @throws dev.outbox.MissingEncryptionKeyException as above
     * @throws dev.outbox.UndecryptablePayloadException as above
     * @throws org.springframework.dao.ConcurrencyFailureException as above
     */
    public boolean handle(String consumer, ConsumerRecord<?, byte[]> record, Consumer<InboxMessage> handler) {
        return handle(consumer, InboxMessage.of(record), handler);
    }
}
