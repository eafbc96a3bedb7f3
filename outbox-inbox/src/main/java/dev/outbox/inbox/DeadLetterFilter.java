package dev.outbox.inbox;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters of a consumer are meant: those that meet all of this. Immutable.
 *
 * @param consumer who has not handled them
 * @param topic from which topic they came; null for any
 * @param eventType of which type; null for any
 * @param aggregateType of which type of aggregate; null for any
 * @param aggregateId of which aggregate; null for any
 * @param eventIds which ones, at most {@value #MOST_IDS}; empty for any
 */
public record DeadLetterFilter(
        String consumer,
        @Nullable String topic,
        @Nullable String eventType,
        @Nullable String aggregateType,
        @Nullable String aggregateId,
        Set<UUID> eventIds) {
    /** How many events can be named at once. */
    public static final int MOST_IDS = 1000;

    /** @throws IllegalArgumentException if {@code consumer} is blank, or too many events are named */
    public DeadLetterFilter {
        if (consumer.isBlank()) {
            throw new IllegalArgumentException("Name the consumer whose dead letters are meant.");
        }
        if (eventIds.size() > MOST_IDS) {
            throw new IllegalArgumentException(
                    "%d events are named, and %d can be named at once: name fewer, or leave them out and name their topic or aggregate."
                            .formatted(eventIds.size(), MOST_IDS));
        }
        eventIds = Set.copyOf(eventIds);
    }

    /** All of a consumer. */
    public static DeadLetterFilter of(String consumer) {
        return new DeadLetterFilter(consumer, null, null, null, null, Set.of());
    }

    /** Only those that came from a topic. */
    public DeadLetterFilter topic(String name) {
        return new DeadLetterFilter(consumer, name, eventType, aggregateType, aggregateId, eventIds);
    }

    /** Only those of a type. */
    public DeadLetterFilter eventType(String type) {
        return new DeadLetterFilter(consumer, topic, type, aggregateType, aggregateId, eventIds);
    }

    /** Only those of one aggregate. */
    public DeadLetterFilter aggregate(String type, String id) {
        return new DeadLetterFilter(consumer, topic, eventType, type, id, eventIds);
    }

    /** Only these. */
    public DeadLetterFilter events(Set<UUID> ids) {
        return new DeadLetterFilter(consumer, topic, eventType, aggregateType, aggregateId, ids);
    }
}
