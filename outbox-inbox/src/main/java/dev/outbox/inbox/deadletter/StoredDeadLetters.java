package dev.outbox.inbox.deadletter;

import static dev.outbox.OutboxPermission.OUTBOX_VIEW;

import dev.outbox.AuditEntry;
import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetterImpact;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.UnknownConsumerException;
import dev.outbox.inbox.deadletter.store.DeadLetterStore;
import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.operate.Operator;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.AuditStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ShortTransaction;
import java.util.ArrayList;
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
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** The dead letters of the tables, and their copies in Kafka. */
public final class StoredDeadLetters implements DeadLetters {
    private static final Logger log = LoggerFactory.getLogger(StoredDeadLetters.class);
    private static final String REDRIVE = "REDRIVE";
    private static final String REDRIVE_RESULT = "REDRIVE_RESULT";
    private static final String DISCARD = "DISCARD_DEAD_LETTER";

    private final DeadLetterStore letters;
    private final HeldKeyStore keys;
    private final InboxStore inbox;
    private final AuditStore audit;
    private final AccessControl access;
    private final ShortTransaction decision;
    private final TransactionTemplate handling;
    private final Function<String, @Nullable RecordHandling> handlings;
    private final Classifiers classifiers;
    private final Supplier<Originals> originals;

    /**
     * @param tables those of the inbox
     * @param audited the tables to which the audit trail belongs, of the same data source
     * @param handling how transactions begin in which dead letters are handled, on the data source of {@code tables}; each is one of its own
     * @param handlings how the records of a consumer are handled, by its name; null if this application does not know it
     * @param classifiers what failures mean: an outage ends a redrive
     * @param consumerSettings those of the application's Kafka consumers; deserialisers and what belongs to groups is set here
     * @throws IllegalArgumentException if the audit trail is on another data source: a decision and its line could not commit together
     */
    public StoredDeadLetters(
            OutboxTables tables,
            OutboxTables audited,
            AccessControl access,
            TransactionTemplate handling,
            Function<String, @Nullable RecordHandling> handlings,
            Classifiers classifiers,
            Map<String, Object> consumerSettings) {
        this(tables, audited, access, handling, handlings, classifiers, () -> new DeadLetterReader(consumerSettings));
    }

    StoredDeadLetters(
            OutboxTables tables,
            OutboxTables audited,
            AccessControl access,
            TransactionTemplate handling,
            Function<String, @Nullable RecordHandling> handlings,
            Classifiers classifiers,
            Supplier<Originals> originals) {
        if (!tables.dataSource().equals(audited.dataSource()))
            throw new IllegalArgumentException(
                    "The audit trail is on another data source than the inbox: a decision and its line could not commit together.");
        this.letters = new DeadLetterStore(tables);
        this.keys = new HeldKeyStore(tables);
        this.inbox = new InboxStore(tables);
        this.audit = new AuditStore(audited);
        this.access = access;
        this.decision = new ShortTransaction(tables);
        this.handling = new TransactionTemplate(Objects.requireNonNull(handling.getTransactionManager()), handling);
        this.handling.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.handlings = handlings;
        this.classifiers = classifiers;
        this.originals = originals;
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter, long after, int limit) {
        access.require(OUTBOX_VIEW);
        checkLimit(limit);
        return letters.list(filter, after, limit);
    }

    @Override
    public Optional<DeadLetter> find(String consumer, UUID eventId) {
        access.require(OUTBOX_VIEW);
        return letters.find(consumer, eventId);
    }

    @Override
    public DeadLetterImpact impact(DeadLetterFilter filter) {
        access.require(OUTBOX_VIEW);
        return letters.impact(filter);
    }

    @Override
    public RedriveResult redrive(DeadLetterFilter filter, int limit, String reason) {
        Operator operator = Operator.calling(access, audit, reason);
        checkLimit(limit);
        RecordHandling listener = handlings.apply(filter.consumer());
        if (listener == null) throw new UnknownConsumerException(filter.consumer());
        if (decision.run(() -> letters.list(filter, 0, 1)).isEmpty()) return new RedriveResult(0, List.of(), "");
        try (Originals read = originals.get()) {
            note(operator, REDRIVE, "at most %d dead letters of %s".formatted(limit, meant(filter)), one(filter));
            RedriveResult result = new Redrive(letters, keys, inbox, decision, handling, listener, classifiers, read)
                    .of(filter, limit);
            noteResult(operator, filter.consumer(), result);
            return result;
        }
    }

    private void note(Operator operator, String action, String subject, @Nullable UUID eventId) {
        decision.run(() -> {
            operator.did(action, subject, eventId);
            return true;
        });
    }

    /** What is done stays done, and the caller has to know of it, also when this cannot be written. */
    private void noteResult(Operator operator, String consumer, RedriveResult result) {
        String subject = "dead letters of %s: %d handled, %d failed again%s"
                .formatted(
                        consumer,
                        result.handled(),
                        result.failed().size(),
                        result.outage().isEmpty() ? "" : ", ended by an outage");
        try {
            note(operator, REDRIVE_RESULT, subject, null);
        } catch (DataAccessException | TransactionException e) {
            log.error(
                    "The audit trail lacks the line {} ({}), because it could not be written.",
                    REDRIVE_RESULT,
                    subject,
                    e);
        }
        if (!result.outage().isEmpty()) log.warn("The redrive of {} was ended by this: {}", consumer, result.outage());
    }

    /** A filter in words. */
    private static String meant(DeadLetterFilter filter) {
        List<String> conditions = new ArrayList<>(List.of(filter.consumer()));
        if (filter.topic() != null) conditions.add("topic " + filter.topic());
        if (filter.eventType() != null) conditions.add("type " + filter.eventType());
        if (filter.aggregateType() != null) conditions.add("aggregate type " + filter.aggregateType());
        if (filter.aggregateId() != null) conditions.add("aggregate " + filter.aggregateId());
        if (!filter.eventIds().isEmpty())
            conditions.add("named events: %d".formatted(filter.eventIds().size()));
        return String.join(", ", conditions);
    }

    private static @Nullable UUID one(DeadLetterFilter filter) {
        return filter.eventIds().size() == 1 ? filter.eventIds().iterator().next() : null;
    }

    @Override
    public boolean discard(String consumer, UUID eventId, String reason) {
        Operator operator = Operator.calling(access, audit, reason);
        Optional<DeadLetter> found = decision.run(() -> letters.find(consumer, eventId));
        return found.isPresent() && decision.run(() -> discard(found.get(), operator));
    }

    private boolean discard(DeadLetter letter, Operator operator) {
        boolean held = keys.lock(letter.consumer(), letter.key());
        if (!letters.remove(letter)) return false;
        Delivery delivery = new Delivery(letter.eventId(), letter.replayId());
        inbox.takeUp(letter.consumer(), delivery);
        inbox.record(letter.consumer(), delivery, InboxStatus.DISCARDED, letter.attempts());
        if (held) keys.releaseIfEmpty(letter.consumer(), letter.key());
        String replay = letter.replayId().isEmpty() ? "" : ", replay " + letter.replayId();
        operator.did(
                DISCARD, "event %s for %s%s".formatted(letter.eventId(), letter.consumer(), replay), letter.eventId());
        return true;
    }

    @Override
    public List<AuditEntry> audit(long before, int limit) {
        access.require(OUTBOX_VIEW);
        checkLimit(limit);
        return audit.before(before, limit);
    }

    private static void checkLimit(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("The limit is %d, and has to be from 1 to %d.".formatted(limit, MOST));
        }
    }
}
