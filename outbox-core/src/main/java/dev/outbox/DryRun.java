package dev.outbox;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replay would send, as of now. Looking for it writes and sends nothing.
 *
 * @param events how many; exact up to {@value #MOST_COUNTED}, otherwise estimated from those that were counted
 * @param exact whether the numbers here are counted; otherwise {@code keys} and {@code groups} are of those that were counted only
 * @param keys of how many keys
 * @param groups how many of each type and topic, the most frequent first
 * @param first the earliest that was found; null if none was
 * @param last the latest that was found; null if none was
 * @param sample some of the earliest, at most {@value #SAMPLE}
 * @param upTo the highest sequence there is now
 * @param shownAt what was published by then is meant, by the database's clock; what is published later is not
 * @param token what a replay of it is started with, within an hour
 */
public record DryRun(
        long events,
        boolean exact,
        long keys,
        List<Group> groups,
        @Nullable EventState first,
        @Nullable EventState last,
        List<EventState> sample,
        long upTo,
        Instant shownAt,
        String token) {
    public static final int MOST_COUNTED = 10_000;
    public static final int SAMPLE = 10;

    /** How many events there are of one type in one topic. */
    public record Group(String eventType, String topic, long events) {}

    public DryRun {
        groups = List.copyOf(groups);
        sample = List.copyOf(sample);
    }

    /** The same with another token. */
    public DryRun withToken(String token) {
        return new DryRun(events, exact, keys, groups, first, last, sample, upTo, shownAt, token);
    }
}
