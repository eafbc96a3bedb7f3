package dev.outbox;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events. Every condition that is given has to hold; {@link #all()} gives none. What is compared is compared as it is, letter by letter: there are no wildcards.
 *
 * @param statuses where the events are on their way; empty for anywhere
 * @param aggregateType with {@code aggregateId} the key
 * @param from from when on they were stored, by the database's clock
 * @param until before when they were stored, by the database's clock
 * @param error a part of the error of their last failure
 * @param eventId one event
 */
public record EventFilter(
        Set<EventStatus> statuses,
        @Nullable String eventType,
        @Nullable String aggregateType,
        @Nullable String aggregateId,
        @Nullable String topic,
        @Nullable Instant from,
        @Nullable Instant until,
        @Nullable String error,
        @Nullable UUID eventId) {
    private static final EventFilter ALL = new EventFilter(Set.of(), null, null, null, null, null, null, null, null);

    /** @throws IllegalArgumentException if the period ends before it begins */
    public EventFilter {
        statuses = Set.copyOf(statuses);
        if (from != null && until != null && until.isBefore(from))
            throw new IllegalArgumentException("The period ends at %s, before it begins at %s.".formatted(until, from));
    }

    /** Every event. */
    public static EventFilter all() {
        return ALL;
    }

    /** What waits for the decision of a person. */
    public static EventFilter quarantined() {
        return ALL.withStatus(EventStatus.QUARANTINED);
    }

    /** Those in one of these states. */
    public EventFilter withStatus(EventStatus first, EventStatus... others) {
        return new EventFilter(
                EnumSet.of(first, others), eventType, aggregateType, aggregateId, topic, from, until, error, eventId);
    }

    public EventFilter withEventType(String eventType) {
        return new EventFilter(statuses, eventType, aggregateType, aggregateId, topic, from, until, error, eventId);
    }

    /** Those of one key. */
    public EventFilter withKey(String aggregateType, String aggregateId) {
        return new EventFilter(statuses, eventType, aggregateType, aggregateId, topic, from, until, error, eventId);
    }

    public EventFilter withTopic(String topic) {
        return new EventFilter(statuses, eventType, aggregateType, aggregateId, topic, from, until, error, eventId);
    }

    /** Those stored in a period; either end may be open. */
    public EventFilter withPeriod(@Nullable Instant from, @Nullable Instant until) {
        return new EventFilter(statuses, eventType, aggregateType, aggregateId, topic, from, until, error, eventId);
    }

    public EventFilter withError(String part) {
        return new EventFilter(statuses, eventType, aggregateType, aggregateId, topic, from, until, part, eventId);
    }

    /** That one. What else is given has to hold for it as well. */
    public EventFilter withEvent(UUID eventId) {
        return new EventFilter(statuses, eventType, aggregateType, aggregateId, topic, from, until, error, eventId);
    }
}
