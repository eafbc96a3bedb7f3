package dev.outbox.inbox;

import dev.outbox.encryption.PayloadCipher;
import dev.outbox.inbox.store.AggregateKey;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.inbox.store.RecordedMeanwhileException;
import dev.outbox.inbox.store.VersionStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.tracing.EventMdc;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Handles each event once per consumer: the record of having handled it and the business change commit in one transaction, or neither does. {@link Inbox} does so for
 * listeners of Spring Kafka; this is for all others.
 *
 * <p>Acknowledge the Kafka record after a method here has returned, and only then: a crash in between brings the record again, and
 * it is recognised. Safe for use by many threads.
 */
public final class InboxProcessor {
    private static final Logger log = LoggerFactory.getLogger(InboxProcessor.class);

    private final InboxStore store;
    private final VersionStore versions;
    private final HeldKeys heldKeys;
    private final TransactionTemplate transaction;
    private final Decryption decryption;
    private final @Nullable Duration memory;
    private final InboxMeters meters;

    /**
     * For events that are not encrypted, none of which is ever forgotten.
     *
     * @param tables the inbox's
     * @param transaction begins or joins the transaction of the business change, on the data source of {@code tables}
     */
    public InboxProcessor(OutboxTables tables, TransactionTemplate transaction) {
        this(tables, transaction, null, null, HeldKeys.NONE);
    }

    /**
     * @param tables the inbox's
     * @param transaction begins or joins the transaction of the business change, on the data source of {@code tables}
     * @param cipher decrypts payloads; null where none is encrypted
     * @param memory how long it is known what was handled; null for ever. A replay of older events is not handled unless it says that they are to be reprocessed.
     * @param heldKeys the keys of which consumers have put an event aside
     */
    public InboxProcessor(
            OutboxTables tables,
            TransactionTemplate transaction,
            @Nullable PayloadCipher cipher,
            @Nullable Duration memory,
            HeldKeys heldKeys) {
        this(tables, transaction, cipher, memory, heldKeys, new SimpleMeterRegistry());
    }

    /**
     * As the others, and counting.
     *
     * @param meters where it counts what becomes of events
     */
    public InboxProcessor(
            OutboxTables tables,
            TransactionTemplate transaction,
            @Nullable PayloadCipher cipher,
            @Nullable Duration memory,
            HeldKeys heldKeys,
            MeterRegistry meters) {
        this.store = new InboxStore(tables);
        this.versions = new VersionStore(tables);
        this.heldKeys = heldKeys;
        this.transaction = transaction;
        this.decryption = new Decryption(cipher);
        this.memory = memory;
        this.meters = new InboxMeters(meters);
    }

    /**
     * Runs {@code handler} in a transaction, unless this consumer has handled the event already. It is given the payload decrypted; a duplicate is not decrypted, so
     * it takes no key. Meanwhile the event is named in the log: {@code eventId}, {@code aggregateId} and {@code requestId} in SLF4J's MDC.
     *
     * @param consumer names who handles, at most 100 characters; consumers of different names each handle every event
     * @param handler makes the business change; when it throws, nothing is recorded and the exception reaches the caller
     * @return false if the handler has not run: for a duplicate, and for a replay that is not for this consumer
     * @throws InvalidInboxRecordException if the headers of a replay are not those of the wire contract
     * @throws dev.outbox.MissingEncryptionKeyException if the payload is encrypted and its key is not to be had; nothing is recorded, and the event is to be handled again when
     *     the key is there
     * @throws dev.outbox.UndecryptablePayloadException if the payload is not what was published; nothing is recorded
     * @throws org.springframework.dao.ConcurrencyFailureException if another transaction is handling the same event, and the database has ended the wait for it: after
     *     its lock time-out; or, on MySQL and MariaDB, when that one rolls back and several are waiting, for all but one of them. Nothing is recorded then, and the event
     *     is to be handled again, as after any other exception.
     */
    public boolean handle(String consumer, InboxMessage message, Consumer<InboxMessage> handler) {
        return handle(InboxConsumer.named(consumer), message, 1, handler) == InboxOutcome.HANDLED;
    }

    /**
     * The same for a record as it came from Kafka.
     *
     * @throws InvalidInboxRecordException also if the record does not come from an outbox
     * @throws dev.outbox.MissingEncryptionKeyException as above
     * @throws dev.outbox.UndecryptablePayloadException as above
     * @throws org.springframework.dao.ConcurrencyFailureException as above
     */
    public boolean handle(String consumer, ConsumerRecord<?, byte[]> record, Consumer<InboxMessage> handler) {
        return handle(consumer, InboxMessage.of(record), handler);
    }

    /**
     * The same for a consumer with other rules, telling what became of the event. Throws what the others throw.
     *
     * @param attempt how often the event is tried with this one; recorded
     */
    public InboxOutcome handle(
            InboxConsumer consumer, InboxMessage message, int attempt, Consumer<InboxMessage> handler) {
        try (EventMdc mdc = named(message)) {
            return meters.countingOne(consumer, () -> handleNamed(consumer, message, attempt, handler));
        }
    }

    private static EventMdc named(InboxMessage message) {
        return EventMdc.of(message.eventId(), message.aggregateId(), message.headers());
    }

    private InboxOutcome handleNamed(
            InboxConsumer consumer, InboxMessage message, int attempt, Consumer<InboxMessage> handler) {
        InboxOutcome unasked = withoutAsking(consumer, message);
        if (unasked != null) return unasked;
        return Objects.requireNonNull(transaction.execute(status -> {
            Delivery delivery = delivery(message);
            if (isHeld(consumer, message)) return held(consumer, delivery);
            // of a copy that was put aside nothing is applied, so its version must not count
            if (consumer.latestOnly() && isRecorded(consumer, delivery)) return InboxOutcome.DUPLICATE;
            InboxOutcome outcome = isStale(consumer, message) ? InboxOutcome.STALE : InboxOutcome.HANDLED;
            InboxStatus recorded = outcome == InboxOutcome.STALE ? InboxStatus.STALE : InboxStatus.HANDLED;
            if (!store.record(consumer.name(), delivery, recorded, attempt)) return InboxOutcome.DUPLICATE;
            if (outcome == InboxOutcome.HANDLED) handler.accept(decryption.decrypt(message));
            return outcome;
        }));
    }

    /**
     * Handles many events in one transaction, with a few statements for all of them: a multiple of the speed of one transaction for each.
     *
     * @param handler is given those that are to be handled, decrypted, in their order; it is not called if there are none. When it throws, nothing is recorded of any of them:
     *     handle them one by one to find out which of them fails.
     * @return what became of each, in the order of {@code messages}
     * @throws RuntimeException as {@link #handle(InboxConsumer, InboxMessage, int, Consumer)}; also if another transaction has recorded one of them meanwhile
     */
    public List<InboxOutcome> handleAll(
            InboxConsumer consumer, List<InboxMessage> messages, Consumer<List<InboxMessage>> handler) {
        return meters.countingAll(consumer, () -> handleMany(consumer, messages, handler));
    }

    private List<InboxOutcome> handleMany(
            InboxConsumer consumer, List<InboxMessage> messages, Consumer<List<InboxMessage>> handler) {
        InboxOutcome[] outcomes = new InboxOutcome[messages.size()];
        List<Undecided> undecided = new ArrayList<>(messages.size());
        InboxBatch batch = new InboxBatch(consumer, messages.size());
        for (int i = 0; i < outcomes.length; i++) {
            InboxMessage message = messages.get(i);
            InboxReplay replay = message.replay();
            outcomes[i] = withoutAsking(consumer, message, replay);
            if (outcomes[i] != null) continue;
            Delivery delivery = delivery(message, replay);
            if (batch.add(delivery, message)) undecided.add(new Undecided(i, delivery, message));
            else outcomes[i] = InboxOutcome.DUPLICATE;
        }
        List<Supplier<InboxMessage>> readable =
                decryption.begin(undecided.stream().map(Undecided::message).toList());
        return Objects.requireNonNull(inTransaction(status -> {
            Map<Delivery, InboxOutcome> leftOut = batch.decide(store, heldKeys, versions, status.isNewTransaction());
            List<InboxMessage> handled = new ArrayList<>(undecided.size());
            for (int i = 0; i < undecided.size(); i++) {
                Undecided one = undecided.get(i);
                InboxOutcome outcome = leftOut.getOrDefault(one.delivery(), InboxOutcome.HANDLED);
                outcomes[one.place()] = outcome;
                if (outcome == InboxOutcome.HANDLED) handled.add(readable.get(i).get());
            }
            if (!handled.isEmpty()) handler.accept(handled);
            return List.of(outcomes);
        }));
    }

    /** Once more if the first try has met duplicates unexpectedly, which it only says in a transaction that has begun here. */
    private <T> @Nullable T inTransaction(TransactionCallback<T> work) {
        try {
            return transaction.execute(work);
        } catch (RecordedMeanwhileException e) {
            log.debug("A batch is recorded once more, with a look for duplicates", e);
            return transaction.execute(work);
        }
    }

    /** An event of a batch of which the database knows what becomes. */
    private record Undecided(int place, Delivery delivery, InboxMessage message) {}

    /**
     * Does slow or remote work for an event without a transaction that is open meanwhile: claims the event, works, records the result. Each event is worked for once as long as no process dies; one
     * that dies between work and record leaves a claim, and when that has run out the work is done again. So give the event's id to whoever the work calls, as an idempotency key.
     *
     * @param claim how long nobody else begins the same work; longer than it ever takes
     * @param work returns what is recorded as its result, up to 2,000 characters, or null; when it throws, that is recorded, and the exception reaches the caller
     * @return never {@link InboxOutcome#STALE}
     * @throws InboxClaimedException if somebody else is at it, or has died at it less than {@code claim} ago
     * @throws IllegalStateException if a transaction is active
     * @throws IllegalArgumentException if the consumer takes the latest only: there is no transaction that could hold the version
     * @throws RuntimeException as {@link #handle(String, InboxMessage, Consumer)}
     */
    public InboxOutcome work(
            InboxConsumer consumer,
            InboxMessage message,
            Duration claim,
            Function<InboxMessage, @Nullable String> work) {
        if (consumer.latestOnly())
            throw new IllegalArgumentException(
                    "The inbox consumer '%s' takes the latest only, which needs a transaction around its work."
                            .formatted(consumer.name()));
        if (TransactionSynchronizationManager.isActualTransactionActive())
            throw new IllegalStateException(
                    "'%s' works without a transaction, but is called in one. Call it from where none is active."
                            .formatted(consumer.name()));
        try (EventMdc mdc = named(message)) {
            return meters.countingOne(consumer, () -> workNamed(consumer, message, claim, work));
        }
    }

    private InboxOutcome workNamed(
            InboxConsumer consumer,
            InboxMessage message,
            Duration claim,
            Function<InboxMessage, @Nullable String> work) {
        InboxOutcome unasked = withoutAsking(consumer, message);
        if (unasked != null) return unasked;
        if (consumer.holdsKeys()) {
            InboxOutcome held = transaction.execute(
                    status -> isHeld(consumer, message) ? held(consumer, delivery(message)) : InboxOutcome.HANDLED);
            if (held != InboxOutcome.HANDLED) return Objects.requireNonNull(held);
        }
        return new ClaimedWork(store, transaction, decryption)
                .perform(consumer, message, delivery(message), claim, work);
    }

    /** What needs no look into the database. */
    private @Nullable InboxOutcome withoutAsking(InboxConsumer consumer, InboxMessage message) {
        return withoutAsking(consumer, message, message.replay());
    }

    private @Nullable InboxOutcome withoutAsking(
            InboxConsumer consumer, InboxMessage message, @Nullable InboxReplay replay) {
        if (replay == null) return null;
        return switch (replay.mode()) {
            case READ_ONLY -> InboxOutcome.NOT_CONCERNED;
            case REPROCESS -> replay.consumers().contains(consumer.name()) ? null : InboxOutcome.NOT_CONCERNED;
            case NORMAL -> isForgotten(consumer, message, replay) ? InboxOutcome.FORGOTTEN : null;
        };
    }

    private boolean isForgotten(InboxConsumer consumer, InboxMessage message, InboxReplay replay) {
        if (memory == null || !message.time().isBefore(Instant.now().minus(memory))) return false;
        log.warn(
                "'{}' leaves out {} of the replay {}: it is older than what is remembered of handled events ({}), so it may have been handled before. Replay it to be reprocessed, if that is what you want.",
                consumer.name(),
                message,
                replay.id(),
                memory);
        return true;
    }

    private static Delivery delivery(InboxMessage message) {
        return delivery(message, message.replay());
    }

    private static Delivery delivery(InboxMessage message, @Nullable InboxReplay replay) {
        if (replay == null || replay.mode() != InboxReplay.Mode.REPROCESS) return new Delivery(message.eventId(), "");
        return new Delivery(message.eventId(), replay.id());
    }

    private boolean isHeld(InboxConsumer consumer, InboxMessage message) {
        return consumer.holdsKeys()
                && !heldKeys.heldAmong(consumer.name(), Set.of(message.key())).isEmpty();
    }

    private InboxOutcome held(InboxConsumer consumer, Delivery delivery) {
        return isRecorded(consumer, delivery) ? InboxOutcome.DUPLICATE : InboxOutcome.HELD;
    }

    private boolean isRecorded(InboxConsumer consumer, Delivery delivery) {
        return !store.recorded(consumer.name(), Set.of(delivery)).isEmpty();
    }

    private boolean isStale(InboxConsumer consumer, InboxMessage message) {
        if (!consumer.latestOnly()) return false;
        AggregateKey key = InboxBatch.key(message);
        long version = InboxBatch.version(message);
        Map<AggregateKey, Long> before = versions.lock(consumer.name(), Set.of(key));
        if (version < before.getOrDefault(key, Long.MIN_VALUE)) return true;
        versions.write(consumer.name(), before, Map.of(key, version));
        return false;
    }
}
