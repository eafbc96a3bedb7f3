package dev.outbox.inbox;

import static java.util.stream.Collectors.toSet;

import dev.outbox.inbox.store.AggregateKey;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.inbox.store.RecordedMeanwhileException;
import dev.outbox.inbox.store.VersionStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Decides in one transaction what becomes of some events of a consumer, and records it, in a number of statements that does not depend on how many there are. What is
 * recorded is undone with the transaction if handling fails.
 */
final class InboxBatch {
    private final InboxConsumer consumer;
    private final Map<Delivery, InboxMessage> candidates;
    private final Map<Delivery, InboxOutcome> leftOut = new HashMap<>();

    /** @param size how many there are, about */
    InboxBatch(InboxConsumer consumer, int size) {
        this.consumer = consumer;
        this.candidates = new LinkedHashMap<>(2 * size);
    }

    /** @return false for a copy of an event that is in the batch already */
    boolean add(Delivery delivery, InboxMessage message) {
        return candidates.putIfAbsent(delivery, message) == null;
    }

    /**
     * @param again whether the transaction can be run again; a {@link RecordedMeanwhileException} asks for it and leaves this batch as it was
     * @return what becomes of those that are not to be handled
     */
    Map<Delivery, InboxOutcome> decide(InboxStore store, HeldKeys heldKeys, VersionStore versions, boolean again) {
        if (again
                && !consumer.latestOnly()
                && store.recordAllAsNew(consumer.name(), candidates.keySet(), consumer.holdsKeys())) return leftOut;
        Set<EventKey> held = held(heldKeys);
        if (held.isEmpty() && !consumer.latestOnly()) {
            leaveOut(store.recordUnlessThere(consumer.name(), candidates.keySet()), InboxOutcome.DUPLICATE);
            return leftOut;
        }
        leaveOut(store.recorded(consumer.name(), candidates.keySet()), InboxOutcome.DUPLICATE);
        Set<Delivery> following = new HashSet<>();
        candidates.forEach((delivery, message) -> {
            if (held.contains(message.key())) following.add(delivery);
        });
        leaveOut(following, InboxOutcome.HELD);
        if (consumer.latestOnly()) compareVersions(versions);
        store.recordAll(consumer.name(), statuses());
        return leftOut;
    }

    private Set<EventKey> held(HeldKeys heldKeys) {
        if (!consumer.holdsKeys()) return Set.of();
        return heldKeys.heldAmong(
                consumer.name(),
                candidates.values().stream().map(InboxMessage::key).toList());
    }

    private void leaveOut(Collection<Delivery> deliveries, InboxOutcome outcome) {
        for (Delivery delivery : deliveries) {
            candidates.remove(delivery);
            leftOut.put(delivery, outcome);
        }
    }

    private void compareVersions(VersionStore versions) {
        Map<AggregateKey, Long> before = versions.lock(consumer.name(), keys(candidates.values()));
        Map<AggregateKey, Long> after = new HashMap<>(before);
        candidates.forEach((delivery, message) -> {
            long version = version(message);
            if (version < after.getOrDefault(key(message), Long.MIN_VALUE)) leftOut.put(delivery, InboxOutcome.STALE);
            else after.put(key(message), version);
        });
        versions.write(consumer.name(), before, after);
    }

    private Map<Delivery, InboxStatus> statuses() {
        Map<Delivery, InboxStatus> statuses = new HashMap<>();
        for (Delivery delivery : candidates.keySet()) {
            boolean stale = leftOut.get(delivery) == InboxOutcome.STALE;
            statuses.put(delivery, stale ? InboxStatus.STALE : InboxStatus.HANDLED);
        }
        return statuses;
    }

    static long version(InboxMessage message) {
        if (message.aggregateVersion() != null) return message.aggregateVersion();
        throw new InvalidInboxRecordException(
                "%s has no aggregate version, without which a consumer of the latest only cannot tell whether it is newer. Publish its type with a version, or take latestOnly from the consumer."
                        .formatted(message),
                null);
    }

    private static Set<AggregateKey> keys(Collection<InboxMessage> messages) {
        return messages.stream().map(InboxBatch::key).collect(toSet());
    }

    static AggregateKey key(InboxMessage message) {
        return new AggregateKey(message.aggregateType(), message.aggregateId());
    }
}
