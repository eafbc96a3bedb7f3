package dev.outbox.inbox.deadletter;

import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.deadletter.store.DeadLetterStore;
import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ShortTransaction;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** The dead letters of the tables, and their copies in Kafka. */
public final class StoredDeadLetters implements DeadLetters {
    private static final Logger log = LoggerFactory.getLogger(StoredDeadLetters.class);

    private final DeadLetterStore letters;
    private final HeldKeyStore keys;
    private final InboxStore inbox;
    private final ShortTransaction decision;
    private final TransactionTemplate handling;
    private final Function<String, @Nullable RecordHandling> handlings;
    private final Supplier<Originals> originals;

    /**
     * @param tables those of the inbox
     * @param handling how transactions begin in which dead letters are handled, on the data source of {@code tables}; each is one of its own
     * @param handlings how the records of a consumer are handled, by its name; null if this application does not know it
     * @param consumerSettings those of the application's Kafka consumers; deserialisers and what belongs to groups is set here
     */
    public StoredDeadLetters(
            OutboxTables tables,
            TransactionTemplate handling,
            Function<String, @Nullable RecordHandling> handlings,
            Map<String, Object> consumerSettings) {
        this(tables, handling, handlings, () -> new DeadLetterReader(consumerSettings));
    }

    StoredDeadLetters(
            OutboxTables tables,
            TransactionTemplate handling,
            Function<String, @Nullable RecordHandling> handlings,
            Supplier<Originals> originals) {
        this.letters = new DeadLetterStore(tables);
        this.keys = new HeldKeyStore(tables);
        this.inbox = new InboxStore(tables);
        this.decision = new ShortTransaction(tables);
        this.handling = new TransactionTemplate(Objects.requireNonNull(handling.getTransactionManager()), handling);
        this.handling.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.handlings = handlings;
        this.originals = originals;
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, long after, int limit) {
        checkLimit(limit);
        return letters.list(filter, after, limit);
    }

    @Override
    public Optional<DeadLetter> find(String consumer, UUID eventId) {
        return letters.find(consumer, eventId);
    }

    @Override
    public RedriveResult redrive(DeadLetterFilter filter, int limit) {
        checkLimit(limit);
        RecordHandling listener = handlings.apply(filter.consumer());
        if (listener == null) {
            throw new IllegalArgumentException(
                    "This application has no listener for the consumer '%s': redrive its dead letters where it has one, or correct the name."
                            .formatted(filter.consumer()));
        }
        if (decision.run(() -> letters.list(filter, 0, 1)).isEmpty()) return new RedriveResult(0, List.of(), "");
        try (Originals read = originals.get()) {
            RedriveResult result =
                    new Redrive(letters, keys, inbox, decision, handling, listener, read, limit).of(filter);
            log.info(
                    "{} dead letters of {} are handled, {} have failed again.{}",
                    result.handled(),
                    filter.consumer(),
                    result.failed().size(),
                    result.outage().isEmpty() ? "" : " Then this ended it: " + result.outage());
            return result;
        }
    }

    @Override
    public boolean discard(String consumer, UUID eventId, String reason) {
        if (reason.isBlank()) throw new IllegalArgumentException("Say why the dead letter is discarded.");
        Optional<DeadLetter> found = find(consumer, eventId);
        if (found.isEmpty()) return false;
        DeadLetter letter = found.get();
        boolean won = decision.run(() -> {
            boolean held = keys.lock(consumer, letter.key());
            if (!letters.remove(letter)) return false;
            Delivery delivery = new Delivery(eventId, letter.replayId());
            inbox.takeUp(consumer, delivery);
            inbox.record(consumer, delivery, InboxStatus.DISCARDED, letter.attempts());
            if (held) keys.releaseIfEmpty(consumer, letter.key());
            return true;
        });
        if (won) log.info("The dead letter of {} is discarded: {}", letter, reason);
        return won;
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("The limit is %d, and has to be from 1 to %d.".formatted(limit, MOST));
        }
    }
}
