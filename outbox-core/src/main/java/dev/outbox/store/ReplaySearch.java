package dev.outbox.store;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.outbox.DryRun;
import dev.outbox.EventState;
import dev.outbox.ReplayPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the published events that a replay means. Keeps at most {@value DryRun#MOST_COUNTED} rows, without payloads, in memory.
 */
public final class ReplaySearch {
    private static final int WINDOW = 50_000;
    private static final int MOST_WINDOWS = 40;
    private static final int MOST_WINDOWS_BACK = 4;

    private final MeantEvents events;
    private final int window;

    public ReplaySearch(OutboxTables tables) {
        this(tables, WINDOW);
    }

    /** @param window how many sequence numbers are looked through with one statement */
    public ReplaySearch(OutboxTables tables, int window) {
        this.events = new MeantEvents(tables, Dialect.of(tables));
        this.window = window;
    }

    /** Counts what is meant, as far as {@link DryRun} says; without a token. */
    public DryRun dryRun(ReplayPlan plan) {
        long upTo = events.highestBelow(Long.MAX_VALUE);
        Count count = count(plan, upTo);
        List<EventState> sample = events.states(
                count.matches().stream().limit(DryRun.SAMPLE).map(Match::seq).toList());
        return new DryRun(
                count.estimate(upTo),
                count.exact(),
                count.matches().stream().map(Match::key).distinct().count(),
                groups(count.matches()),
                sample.isEmpty() ? null : sample.get(0),
                count.exact() || sample.isEmpty() ? last(count.matches()) : lastBackwards(plan, upTo),
                sample,
                upTo,
                "");
    }

    /** An event that is meant. */
    private record Match(long seq, Key key, String eventType, String topic) {}

    /**
     * What was found.
     *
     * @param from the lowest sequence there is
     * @param to up to where rows were looked at
     * @param exact whether these are all
     */
    private record Count(List<Match> matches, long from, long to, boolean exact) {
        /** As many in the rest as in what was looked at, by sequence numbers. */
        long estimate(long upTo) {
            if (exact) return matches.size();
            return Math.round(matches.size() * ((upTo - from + 1.0) / (to - from + 1.0)));
        }
    }

    private Count count(ReplayPlan plan, long upTo) {
        if (!plan.eventIds().isEmpty()) {
            List<Match> named = matches(plan, 0, upTo, ReplayPlan.MOST_VALUES);
            return new Count(named, 0, upTo, true);
        }
        List<Match> matches = new ArrayList<>();
        long first = events.lowestAbove(0);
        long looked = 0;
        for (int i = 0; i < MOST_WINDOWS; i++) {
            long from = events.lowestAbove(looked);
            if (from == 0 || from > upTo) return new Count(matches, first, upTo, true);
            looked = Math.min(from + window - 1, upTo);
            matches.addAll(matches(plan, from, looked, DryRun.MOST_COUNTED + 1 - matches.size()));
            if (matches.size() > DryRun.MOST_COUNTED) {
                List<Match> counted = matches.subList(0, DryRun.MOST_COUNTED);
                return new Count(counted, first, counted.get(counted.size() - 1).seq(), false);
            }
        }
        return new Count(matches, first, looked, looked == upTo);
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
        if (matches.isEmpty()) return null;
        return events.states(List.of(matches.get(matches.size() - 1).seq())).stream()
                .findFirst()
                .orElse(null);
    }

    private @Nullable EventState lastBackwards(ReplayPlan plan, long upTo) {
        long looked = upTo + 1;
        for (int i = 0; i < MOST_WINDOWS_BACK; i++) {
            long to = events.highestBelow(looked);
            if (to == 0) return null;
            looked = to - window + 1;
            long seq = events.last(plan, looked, to);
            if (seq != 0)
                return events.states(List.of(seq)).stream().findFirst().orElse(null);
        }
        return null;
    }

    private List<Match> matches(ReplayPlan plan, long first, long last, int most) {
        return events.first(
                plan,
                first,
                last,
                most,
                "seq, aggregate_type, aggregate_id, event_type, topic",
                (row, number) -> new Match(
                        row.getLong("seq"), BatchStore.key(row), row.getString("event_type"), row.getString("topic")));
    }
}
