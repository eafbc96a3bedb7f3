package dev.outbox;

import java.util.Set;

/**
 * How a plan is to be carried out.
 *
 * @param token of the {@linkplain DryRun#token() dry run} that has shown what will be sent
 * @param mode what consumers are to do
 * @param consumers who is to handle the events again; one or more names for {@link ReplayMode#REPROCESS}, none for the others
 * @param eventsPerSecond how many events are sent in a second at most, from 1 to {@value #MAX_RATE}; {@value #DEFAULT_RATE} if nothing else is said, so that live events hardly notice
 */
public record ReplayRequest(String token, ReplayMode mode, Set<String> consumers, int eventsPerSecond) {
    public static final int DEFAULT_RATE = 500;
    public static final int MAX_RATE = 1_000_000;

    /** All names together, with a comma between two. */
    public static final int MAX_CONSUMERS = 1_000;

    /** @throws IllegalArgumentException if consumers do not go with the mode, a name is none, or the rate is out of its range */
    public ReplayRequest {
        consumers = Set.copyOf(consumers);
        if (mode == ReplayMode.REPROCESS && consumers.isEmpty())
            throw new IllegalArgumentException(
                    "A replay to be handled again has to name the consumers that are to do so: nobody else does anything.");
        if (mode != ReplayMode.REPROCESS && !consumers.isEmpty())
            throw new IllegalArgumentException(
                    "Only a replay in mode REPROCESS names consumers; in mode %s all do the same. Name none, or change the mode."
                            .formatted(mode));
        for (String consumer : consumers) {
            if (consumer.isBlank() || consumer.contains(","))
                throw new IllegalArgumentException("'%s' is no name of a consumer.".formatted(consumer));
        }
        if (String.join(",", consumers).length() > MAX_CONSUMERS)
            throw new IllegalArgumentException(
                    "The names of the consumers are longer than %d characters together. Make several replays of it."
                            .formatted(MAX_CONSUMERS));
        if (eventsPerSecond < 1 || eventsPerSecond > MAX_RATE)
            throw new IllegalArgumentException(
                    "A replay sends 1 to %d events in a second, not %d.".formatted(MAX_RATE, eventsPerSecond));
    }

    /** Consumers handle what they have not handled yet. */
    public static ReplayRequest normal(String token) {
        return new ReplayRequest(token, ReplayMode.NORMAL, Set.of(), DEFAULT_RATE);
    }

    /** Consumers with an inbox do nothing. */
    public static ReplayRequest readOnly(String token) {
        return new ReplayRequest(token, ReplayMode.READ_ONLY, Set.of(), DEFAULT_RATE);
    }

    /** Some consumers handle the events again. */
    public static ReplayRequest reprocess(String token, Set<String> consumers) {
        return new ReplayRequest(token, ReplayMode.REPROCESS, consumers, DEFAULT_RATE);
    }

    /** The same at another rate. */
    public ReplayRequest atMost(int eventsPerSecond) {
        return new ReplayRequest(token, mode, consumers, eventsPerSecond);
    }
}
