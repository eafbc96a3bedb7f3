package dev.outbox.store;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.outbox.DryRun;
import dev.outbox.EventState;
import dev.outbox.ReplayPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the published events that a replay means. Keeps at most {@value DryRun#MOST_COUNTED} rows, without payloads, in memory.
 */
public final class ReplaySearch {
    private static final int WINDOW = 50_000;

    /** So many are looked through without a gap, the next ones spread evenly over the rest, and some from the end for the last event. */
    private static final int FIRST_WINDOWS = 20;

    private static final int SPREAD_WINDOWS = 20;
    private static final int LAST_WINDOWS = 4;

    /** Each by a statement of its own, on a connection of its own: one processor of the database takes most of a second for a million events. */
    private static final int WINDOWS_AT_ONCE = 2;

    private final MeantEvents events;
    private final LaneStore lanes;
    private final int window;

    public ReplaySearch(OutboxTables tables) {
        this(tables, WINDOW);
    }

    /** @param window how many sequence numbers are looked through with one statement */
    public ReplaySearch(OutboxTables tables, int window) {
        this.events = new MeantEvents(tables, Dialect.of(tables));
        this.lanes = LaneStore.of(tables);
        this.window = window;
    }

    /**
     * Counts what is meant, as far as {@link DryRun} says; without a token.
     *
     * <p>A mark writes the time of publication before it commits. Once the marks that have begun are over, what was published by the time of this dry run stays the same for ever: for the count, and for every chunk that a replay reads later.
     */
    public DryRun dryRun(ReplayPlan plan) {
        Meant meant = new Meant(plan, events.now());
        lanes.awaitMarks();
        Range range = range(plan);
        Count count = count(meant, range);
        List<EventState> sample = events.states(
                count.matches().stream().limit(DryRun.SAMPLE).map(Match::seq).toList());
        return new DryRun(
                count.estimate(range),
                count.exact(),
                count.matches().stream().map(Match::key).distinct().count(),
                groups(count.matches()),
                sample.isEmpty() ? null : sample.get(0),
                count.exact() ? last(count.matches()) : lastBackwards(meant, range),
                sample,
                range.to(),
                meant.shownAt(),
                "");
    }

    /** Sequences, both ends included. */
    private record Range(long from, long to) {
        long length() {
            return Math.max(0, to - from + 1);
        }
    }

    private Range range(ReplayPlan plan) {
        long upTo = events.highestBelow(Long.MAX_VALUE);
        return new Range(events.beginning(plan), Math.min(upTo, events.end(plan)));
    }

    /** An event that is meant. */
    private record Match(long seq, Key key, String eventType, String topic) {}

    /**
     * What was found.
     *
     * @param looked at how many sequence numbers
     * @param exact whether these are all
     */
    private record Count(List<Match> matches, long looked, boolean exact) {
        /** As many in the rest as in what was looked at, by sequence numbers. */
        long estimate(Range range) {
            if (exact || looked == 0) return matches.size();
            return Math.round(matches.size() * ((double) range.length() / looked));
        }
    }

    private Count count(Meant meant, Range range) {
        List<Match> matches = new ArrayList<>();
        if (!meant.plan().eventIds().isEmpty()) {
            add(matches, meant, List.of(new Range(0, range.to())));
            return new Count(matches, range.length(), true);
        }
        long next = range.from();
        for (int i = 0; i < FIRST_WINDOWS; i += WINDOWS_AT_ONCE) {
            List<Range> windows = windowsWithEvents(next, range.to());
            if (!add(matches, meant, windows)) return new Count(matches, lastOf(matches) - range.from() + 1, false);
            if (windows.size() < WINDOWS_AT_ONCE) return new Count(matches, range.length(), true);
            next = windows.get(WINDOWS_AT_ONCE - 1).to() + 1;
        }
        long numbers = next - range.from();
        long stride = Math.max(window, (range.to() - next) / SPREAD_WINDOWS + 1);
        for (; next <= range.to(); next += stride * WINDOWS_AT_ONCE) {
            List<Range> windows = LongStream.iterate(next, from -> from <= range.to(), from -> from + stride)
                    .limit(WINDOWS_AT_ONCE)
                    .mapToObj(from -> window(from, range.to()))
                    .toList();
            if (!add(matches, meant, windows))
                return new Count(matches, numbers + numbers(windows, lastOf(matches)), false);
            numbers += numbers(windows, range.to());
        }
        return new Count(matches, numbers, stride == window);
    }

    private Range window(long from, long to) {
        return new Range(from, Math.min(from + window - 1, to));
    }

    /** The next ones, over whatever gaps; fewer than are read at once if there are no more. */
    private List<Range> windowsWithEvents(long next, long to) {
        List<Range> windows = new ArrayList<>();
        long below = next - 1;
        while (windows.size() < WINDOWS_AT_ONCE) {
            long from = events.lowestAbove(below);
            if (from == 0 || from > to) break;
            windows.add(window(from, to));
            below = from + window - 1;
        }
        return windows;
    }

    /** How many sequence numbers up to one are in them. */
    private static long numbers(List<Range> windows, long upTo) {
        return windows.stream()
                .mapToLong(window -> new Range(window.from(), Math.min(window.to(), upTo)).length())
                .sum();
    }

    /** False if there are more than are counted; then the last one added is the last that is. */
    private boolean add(List<Match> matches, Meant meant, List<Range> windows) {
        int most = DryRun.MOST_COUNTED + 1 - matches.size();
        windows.parallelStream().map(window -> first(meant, window, most)).forEachOrdered(matches::addAll);
        if (matches.size() <= DryRun.MOST_COUNTED) return true;
        matches.subList(DryRun.MOST_COUNTED, matches.size()).clear();
        return false;
    }

    private List<Match> first(Meant meant, Range range, int most) {
        return events.first(
                meant,
                range.from(),
                range.to(),
                most,
                "seq, aggregate_type, aggregate_id, event_type, topic",
                (row, number) -> new Match(
                        row.getLong("seq"), BatchStore.key(row), row.getString("event_type"), row.getString("topic")));
    }

    private static long lastOf(List<Match> matches) {
        return matches.get(matches.size() - 1).seq();
    }

    private static List<DryRun.Group> groups(List<Match> matches) {
        record Place(String eventType, String topic) {}
        return matches.stream()
                .collect(groupingBy(match -> new Place(match.eventType(), match.topic()), counting()))
                .entrySet()
                .stream()
                .map(entry -> new DryRun.Group(
                        entry.getKey().eventType(), entry.getKey().topic(), entry.getValue()))
                .sorted(Comparator.comparingLong(DryRun.Group::events)
                        .reversed()
                        .thenComparing(DryRun.Group::eventType)
                        .thenComparing(DryRun.Group::topic))
                .toList();
    }

    private @Nullable EventState last(List<Match> matches) {
        return matches.isEmpty() ? null : state(lastOf(matches));
    }

    private @Nullable EventState lastBackwards(Meant meant, Range range) {
        long looked = range.to() + 1;
        for (int i = 0; i < LAST_WINDOWS; i++) {
            long to = events.highestBelow(looked);
            if (to < range.from()) return null;
            looked = to - window + 1;
            long seq = events.last(meant, looked, to);
            if (seq != 0) return state(seq);
        }
        return null;
    }

    private @Nullable EventState state(long seq) {
        return events.states(List.of(seq)).stream().findFirst().orElse(null);
    }
}
