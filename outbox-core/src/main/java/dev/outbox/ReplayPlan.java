package dev.outbox;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which published events are to be sent again: those that meet every condition that is given. At least one is, so that nobody sends everything by mistake; a period that is open at one end says everything.
 * Events that are not published yet are never meant.
 *
 * @param from from when on they were stored, by the database's clock
 * @param until before when they were stored, by the database's clock
 * @param aggregateIds of which aggregates, of whatever type; empty for all
 * @param eventTypes of which types; empty for all
 * @param eventIds which events; empty for all
 */
public record ReplayPlan(
        @Nullable Instant from,
        @Nullable Instant until,
        Set<String> aggregateIds,
        Set<String> eventTypes,
        Set<UUID> eventIds) {
    /** How many values each of the sets may have. */
    public static final int MOST_VALUES = 1_000;

    /** How long an aggregate id or an event type can be. */
    public static final int MAX_LENGTH = 200;

    /** All aggregate ids and event types together. */
    public static final int MAX_CHARACTERS = 100_000;

    /** @throws IllegalArgumentException if no condition is given, a set is too large, a value is none that an event can have, or the period ends before it begins */
    public ReplayPlan {
        aggregateIds = limited("aggregate ids", aggregateIds);
        eventTypes = limited("event types", eventTypes);
        eventIds = limited("event ids", eventIds);
        int characters = characters("aggregate id", aggregateIds) + characters("event type", eventTypes);
        if (characters > MAX_CHARACTERS)
            throw new IllegalArgumentException(
                    "The aggregate ids and event types of a replay have at most %d characters together, not %d. Make several replays of it."
                            .formatted(MAX_CHARACTERS, characters));
        if (from == null && until == null && aggregateIds.isEmpty() && eventTypes.isEmpty() && eventIds.isEmpty())
            throw new IllegalArgumentException(
                    "A replay needs a period, aggregate ids, event types or event ids. Give one of its ends for a period that is open at the other.");
        if (from != null && until != null && until.isBefore(from))
            throw new IllegalArgumentException("The period ends at %s, before it begins at %s.".formatted(until, from));
    }

    private static int characters(String name, Set<String> values) {
        int characters = 0;
        for (String value : values) {
            if (value.isEmpty() || value.length() > MAX_LENGTH || value.indexOf('\0') >= 0)
                throw new IllegalArgumentException(
                        "An %s has 1 to %d characters and no U+0000, and one of this replay has not: no event can be meant by it. Correct it, or leave it out."
                                .formatted(name, MAX_LENGTH));
            characters += value.length();
        }
        return characters;
    }

    private static <T> Set<T> limited(String name, Set<T> values) {
        if (values.size() <= MOST_VALUES) return Set.copyOf(values);
        throw new IllegalArgumentException("A replay names at most %d %s, not %d. Make several replays of it."
                .formatted(MOST_VALUES, name, values.size()));
    }

    /** Events stored in a period; either end may be open, but not both. */
    public static ReplayPlan ofPeriod(@Nullable Instant from, @Nullable Instant until) {
        return new ReplayPlan(from, until, Set.of(), Set.of(), Set.of());
    }

    /** Events of some aggregates. */
    public static ReplayPlan ofAggregates(Set<String> aggregateIds) {
        return new ReplayPlan(null, null, aggregateIds, Set.of(), Set.of());
    }

    /** Events of some types. */
    public static ReplayPlan ofTypes(Set<String> eventTypes) {
        return new ReplayPlan(null, null, Set.of(), eventTypes, Set.of());
    }

    /** Some events. */
    public static ReplayPlan ofEvents(Set<UUID> eventIds) {
        return new ReplayPlan(null, null, Set.of(), Set.of(), eventIds);
    }
}
