package dev.outbox.inbox.deadletter;

import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.RecordPosition;
import dev.outbox.inbox.deadletter.store.DeadLetterStore;
import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.inbox.deadletter.store.NewDeadLetter;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ShortTransaction;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Puts aside what a consumer cannot handle, and later events of the same keys. Each record is copied to the dead-letter topic first, then entered in the tables in one transaction; only then may
 * its offset be committed. After a crash in between it comes again: a copy that no row points to is never read.
 *
 * <p>The order of a key is kept because every one of its events that comes while the key is held is entered with the lock of the held key, and a redrive takes the first one and handles it with that same lock.
 * Who gets the lock and finds the key held no longer knows that all events before his own are handled, and committed. Safe for use by many threads.
 */
public final class Diversion {
    private final String consumer;
    private final DeadLetterTopic copies;
    private final DeadLetterStore letters;
    private final HeldKeyStore keys;
    private final InboxStore inbox;
    private final ShortTransaction transaction;

    /** @param tables those of the inbox */
    public Diversion(String consumer, OutboxTables tables, DeadLetterTopic copies) {
        this.consumer = consumer;
        this.copies = copies;
        this.letters = new DeadLetterStore(tables);
        this.keys = new HeldKeyStore(tables);
        this.inbox = new InboxStore(tables);
        this.transaction = new ShortTransaction(tables);
    }

    /** Whose records these are. */
    public String consumer() {
        return consumer;
    }

    /**
     * Puts a record aside that has failed for the last time. Not to be called in a transaction that has locks on the inbox's tables: this has one of its own.
     *
     * @param attempts how often it has failed
     * @param hold whether later events of its key are to follow it
     * @throws DeadLetterException if there is no copy of it in the dead-letter topic
     * @throws org.springframework.dao.DataAccessException if the database fails. In both cases the record has to be tried again.
     */
    public void putAside(ConsumerRecord<?, ?> record, FailureCause cause, int attempts, boolean hold) {
        RecordIdentity identity = RecordIdentity.of(record);
        NewDeadLetter letter = copied(record, identity, new Aside(consumer, cause, attempts, false));
        transaction.run(() -> {
            if (hold) keys.hold(consumer, identity.key());
            boolean held = keys.lock(consumer, identity.key());
            if (isToBeHandled(letter)) letters.add(letter, false);
            if (held) keys.releaseIfEmpty(consumer, identity.key());
            return true;
        });
    }

    /** Somebody else may have handled it meanwhile, after a rebalance. It is a duplicate from now on, until it is redriven. */
    private boolean isToBeHandled(NewDeadLetter letter) {
        return !letter.key().isOrdered()
                || inbox.putAside(consumer, letter.delivery(), letter.attempts(), letter.error());
    }

    /**
     * Which of these records' keys are held: the records have to follow. One statement, which joins the transaction of the caller, and needs none. Duplicates are better sorted out before.
     */
    public Set<EventKey> heldAmong(Collection<? extends ConsumerRecord<?, ?>> records) {
        List<EventKey> asked = records.stream()
                .<EventKey>map(record -> RecordIdentity.of(record).key())
                .toList();
        return keys.heldAmong(consumer, asked);
    }

    /**
     * Lets a record follow the earlier ones of its key, which {@link #heldAmong} has found to be held. Records of a key have to be given in their order. Not to be called in a transaction that has locks on
     * the inbox's tables: this has one of its own, which may wait for a redrive that is handling an event of the key.
     *
     * @return false if the key is held no longer: its earlier events are handled by now, so this one is to be handled as usual
     * @throws DeadLetterException if there is no copy of it in the dead-letter topic
     * @throws org.springframework.dao.DataAccessException if the database fails. In both cases the record has to be tried again.
     */
    public boolean follow(ConsumerRecord<?, ?> record) {
        RecordIdentity identity = RecordIdentity.of(record);
        EventKey key = identity.key();
        Optional<DeadLetter> first = letters.first(consumer, key);
        if (first.isPresent() && letters.contains(consumer, identity.delivery())) return true;
        FailureCause cause = new FailureCause(
                "", "Waits behind " + first.map(DeadLetter::toString).orElse("others of " + key) + ".");
        NewDeadLetter letter = copied(record, identity, new Aside(consumer, cause, 0, true));
        return transaction.run(() -> {
            if (!keys.lock(consumer, key)) return false;
            if (isToBeHandled(letter)) letters.add(letter, true);
            return true;
        });
    }

    private NewDeadLetter copied(ConsumerRecord<?, ?> record, RecordIdentity identity, Aside aside) {
        RecordPosition copy = copies.put(record, aside);
        return new NewDeadLetter(
                consumer,
                identity.delivery(),
                identity.key(),
                identity.eventType(),
                new RecordPosition(record.topic(), record.partition(), record.offset()),
                copy,
                aside.attempts(),
                aside.cause().text());
    }
}
