package dev.outbox;

import java.util.Locale;

/**
 * Something that relays leave alone until further notice, in every process: events go on being published, and wait.
 *
 * @param scope what kind of thing
 * @param target the name of the topic or the number of the lane; empty for everything
 */
public record OutboxPause(Scope scope, String target) {
    /** The name of a topic in Kafka has at most this many characters. */
    private static final int MAX_TARGET = 249;

    /** What can be paused. */
    public enum Scope {
        /** Every event. */
        EVERYTHING,
        /** The events of one topic; later events of a key wait for its earlier ones all the same, whatever their topic. */
        TOPIC,
        /** The events of one lane. */
        LANE
    }

    public OutboxPause {
        boolean fine = switch (scope) {
            case EVERYTHING -> target.isEmpty();
            case TOPIC -> !target.isBlank() && target.length() <= MAX_TARGET;
            case LANE -> target.matches("0|[1-9][0-9]{0,8}");
        };
        if (!fine) throw new IllegalArgumentException("There is no %s '%s' to pause.".formatted(scope, target));
    }

    /** Every event. */
    public static OutboxPause everything() {
        return new OutboxPause(Scope.EVERYTHING, "");
    }

    /** The events of one topic. */
    public static OutboxPause topic(String name) {
        return new OutboxPause(Scope.TOPIC, name);
    }

    /** The events of one lane, as {@link EventState#lane()} tells it. */
    public static OutboxPause lane(int number) {
        return new OutboxPause(Scope.LANE, Integer.toString(number));
    }

    /** Such as {@code everything}, {@code topic orders} or {@code lane 7}. */
    @Override
    public String toString() {
        String kind = scope.name().toLowerCase(Locale.ROOT);
        return target.isEmpty() ? kind : kind + " " + target;
    }
}
