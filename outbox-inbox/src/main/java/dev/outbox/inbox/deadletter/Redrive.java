package dev.outbox.inbox.deadletter;

import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.deadletter.store.DeadLetterStore;
import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.ShortTransaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One redrive.
 *
 * <p>Each dead letter is handled in a transaction that locks the held key, makes sure that the dead letter is the first one of its key, takes it off, and, if none is left, holds the key no longer. So of redrives that run
 * at once only one is handling an event of the key, the others wait for its commit and find another one first; and a listener that comes with a later event waits as well, and finds either the key held, or
 * everything before handled. See {@link Diversion}. For one thread, once.
 */
final class Redrive {
    private static final int TRIES = 5;

    private final DeadLetterStore letters;
    private final HeldKeyStore keys;
    private final InboxStore inbox;

    /** What is read in a transaction of the caller may be what was there when that began. */
    private final ShortTransaction fresh;

    private final TransactionTemplate transaction;
    private final RecordHandling listener;
    private final Classifiers classifiers;
    private final Originals originals;
    private final List<RedriveResult.Failed> failed = new ArrayList<>();
    private String outage = "";
    private int handled;
    private int left;

    Redrive(
            DeadLetterStore letters,
            HeldKeyStore keys,
            InboxStore inbox,
            ShortTransaction fresh,
            TransactionTemplate transaction,
            RecordHandling listener,
            Classifiers classifiers,
            Originals originals) {
        this.letters = letters;
        this.keys = keys;
        this.inbox = inbox;
        this.fresh = fresh;
        this.transaction = transaction;
        this.listener = listener;
        this.classifiers = classifiers;
        this.originals = originals;
    }

    /** What has become of a dead letter. */
    private enum Outcome {
        HANDLED,
        FAILED,
        /** Somebody else has it, or others of its key come first. */
        NOT_ITS_TURN
    }

    /** @param limit how many at most are handled, or fail again */
    RedriveResult of(DeadLetterFilter filter, int limit) {
        left = limit;
        String consumer = filter.consumer();
        Set<EventKey> done = new HashSet<>();
        long position = 0;
        while (!isOver()) {
            List<DeadLetter> page = page(filter, position);
            if (page.isEmpty()) break;
            for (DeadLetter letter : page) {
                position = letter.position();
                if (isOver()) break;
                if (done.contains(letter.key())) continue;
                if (!isHeld(consumer, letter.key())) {
                    attempt(letter);
                } else {
                    done.add(letter.key());
                    inOrder(consumer, letter.key());
                }
            }
        }
        return new RedriveResult(handled, failed, outage);
    }

    private List<DeadLetter> page(DeadLetterFilter filter, long after) {
        return fresh.run(() -> letters.list(filter, after, DeadLetters.MOST));
    }

    private boolean isHeld(String consumer, EventKey key) {
        return fresh.run(() -> !keys.heldAmong(consumer, List.of(key)).isEmpty());
    }

    private boolean isOver() {
        return left == 0 || !outage.isEmpty();
    }

    /** Until none of the key is left, or one fails. */
    private void inOrder(String consumer, EventKey key) {
        while (!isOver()) {
            Optional<DeadLetter> first = fresh.run(() -> letters.first(consumer, key));
            if (first.isEmpty() || attempt(first.get()) == Outcome.FAILED) return;
        }
    }

    private Outcome attempt(DeadLetter letter) {
        @Nullable ConsumerRecord<byte[], byte[]> record = null;
        try {
            record = originals.read(letter);
            if (!handleAgainAfterDeadlocks(letter, record)) return Outcome.NOT_ITS_TURN;
            left--;
            handled++;
            return Outcome.HANDLED;
        } catch (RuntimeException e) {
            failed(letter, record, e);
            return Outcome.FAILED;
        }
    }

    /** Or after a lock time-out: the listener, or another redrive, was in the way. */
    private boolean handleAgainAfterDeadlocks(DeadLetter letter, ConsumerRecord<byte[], byte[]> record) {
        for (int attempt = 1; ; attempt++) {
            try {
                return handle(letter, record);
            } catch (PessimisticLockingFailureException e) {
                if (attempt == TRIES) throw e;
            }
        }
    }

    private boolean handle(DeadLetter letter, ConsumerRecord<byte[], byte[]> record) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            boolean held = keys.lock(letter.consumer(), letter.key());
            if (held && !isFirst(letter)) return false;
            if (!letters.remove(letter)) return false;
            inbox.takeUp(letter.consumer(), new Delivery(letter.eventId(), letter.replayId()));
            listener.handle(record);
            if (held) keys.releaseIfEmpty(letter.consumer(), letter.key());
            return true;
        }));
    }

    private boolean isFirst(DeadLetter letter) {
        return letters.first(letter.consumer(), letter.key())
                .filter(first -> first.position() == letter.position())
                .isPresent();
    }

    private void failed(DeadLetter letter, @Nullable ConsumerRecord<byte[], byte[]> record, RuntimeException failure) {
        String error = record == null
                ? Objects.requireNonNullElse(failure.getMessage(), failure.toString())
                : FailureCause.of(failure, record).text();
        if (classifiers.isOutage(failure) || (record == null && failure instanceof KafkaException)) {
            outage = error;
            return;
        }
        left--;
        failed.add(new RedriveResult.Failed(letter, error));
        try {
            fresh.run(() -> {
                letters.failedAgain(letter, error);
                return true;
            });
        } catch (DataAccessException e) {
            outage = e.toString();
        }
    }
}
