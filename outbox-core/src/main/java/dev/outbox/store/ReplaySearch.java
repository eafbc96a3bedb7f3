package dev.outbox.store;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.outbox.DryRun;
import dev.outbox.EventState;
import dev.outbox.ReplayPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds the published events that a replay means, by their sequence, a window of sequence numbers after the other: there is no index that finds them by type, aggregate or time, because every publish would pay for it. Events that are named by
 * their ids are found by those. Keeps at most {@value DryRun#MOST_COUNTED} rows, without payloads, in memory.
 */
public final class ReplaySearch {
    private static final int WINDOW = 50_000;
    private static final int MOST_WINDOWS = 40;
    private static final int MOST_WINDOWS_BACK = 4;

    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final int window;

    public ReplaySearch(OutboxTables tables) {
        this(tables, WINDOW);
    }

    /** @param window how many sequence numbers are looked through with one statement */
    public ReplaySearch(OutboxTables tables, int window) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
        this.window = window;
    }

    /** Counts what is meant, as far as {@link DryRun} says. */
    public DryRun dryRun(ReplayPlan plan) {
        long upTo = highestBefore(Long.MAX_VALUE);
        Count count = count(plan, upTo);
        List<EventState> sample = states(
                count.matches().stream().limit(DryRun.SAMPLE).map(Match::seq).toList());
        return new DryRun(
                count.estimate(upTo),
                count.exact(),
                count.matches().stream().map(Match::key).distinct().count(),
                groups(count.matches()),
                sample.isEmpty() ? null : sample.get(0),
                count.exact() || sample.isEmpty() ? last(count.matches()) : lastBackwards(plan, upTo),
                sample,
                upTo);
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
            List<Match> named = matching(plan, 0, upTo, ReplayPlan.MOST_VALUES);
            return new Count(named, 0, upTo, true);
        }
        List<Match> matches = new ArrayList<>();
        long first = lowestAfter(0);
        long looked = 0;
        for (int i = 0; i < MOST_WINDOWS; i++) {
            long from = lowestAfter(looked);
            if (from == 0 || from > upTo) return new Count(matches, first, upTo, true);
            looked = Math.min(from + window - 1, upTo);
            matches.addAll(matching(plan, from, looked, DryRun.MOST_COUNTED + 1 - matches.size()));
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
        return states(List.of(matches.get(matches.size() - 1).seq())).get(0);
    }

    private @Nullable EventState lastBackwards(ReplayPlan plan, long upTo) {
        long looked = upTo + 1;
        for (int i = 0; i < MOST_WINDOWS_BACK; i++) {
            long to = highestBefore(looked);
            if (to == 0) return null;
            looked = to - window + 1;
            Long seq = jdbc.sql(
                            "SELECT max(seq) FROM outbox_events WHERE seq BETWEEN :first AND :last" + conditions(plan))
                    .params(parameters(plan))
                    .param("first", looked)
                    .param("last", to)
                    .query((row, number) -> row.getObject(1, Long.class))
                    .list()
                    .get(0);
            if (seq != null) return states(List.of(seq)).get(0);
        }
        return null;
    }

    /** Where the next window begins, over whatever gap; 0 if there are no more rows. */
    private long lowestAfter(long seq) {
        return jdbc.sql("SELECT coalesce(min(seq), 0) FROM outbox_events WHERE seq > :seq")
                .param("seq", seq)
                .query(Long.class)
                .single();
    }

    private long highestBefore(long seq) {
        return jdbc.sql("SELECT coalesce(max(seq), 0) FROM outbox_events WHERE seq < :seq")
                .param("seq", seq)
                .query(Long.class)
                .single();
    }

    private List<Match> matching(ReplayPlan plan, long first, long last, int most) {
        return jdbc.sql(
                        "SELECT seq, aggregate_type, aggregate_id, event_type, topic FROM outbox_events WHERE seq BETWEEN :first AND :last%s ORDER BY seq LIMIT :most"
                                .formatted(conditions(plan)))
                .params(parameters(plan))
                .param("first", first)
                .param("last", last)
                .param("most", most)
                .query((row, number) -> new Match(
                        row.getLong("seq"), BatchStore.key(row), row.getString("event_type"), row.getString("topic")))
                .list();
    }

    private List<EventState> states(List<Long> seqs) {
        if (seqs.isEmpty()) return List.of();
        return jdbc.sql("SELECT %s FROM outbox_events WHERE seq IN (:seqs) ORDER BY seq".formatted(EventStore.STATE))
                .param("seqs", seqs)
                .query((row, number) -> EventStore.state(dialect, row))
                .list();
    }

    private static String conditions(ReplayPlan plan) {
        StringBuilder conditions = new StringBuilder(" AND status = 'PUBLISHED'");
        if (plan.from() != null) conditions.append(" AND created_at >= :from");
        if (plan.until() != null) conditions.append(" AND created_at < :until");
        if (!plan.aggregateIds().isEmpty()) conditions.append(" AND aggregate_id IN (:aggregateIds)");
        if (!plan.eventTypes().isEmpty()) conditions.append(" AND event_type IN (:eventTypes)");
        if (!plan.eventIds().isEmpty()) conditions.append(" AND event_id IN (:eventIds)");
        return conditions.toString();
    }

    private Map<String, Object> parameters(ReplayPlan plan) {
        Map<String, Object> parameters = new HashMap<>();
        Instant from = plan.from();
        Instant until = plan.until();
        if (from != null) parameters.put("from", dialect.time(from));
        if (until != null) parameters.put("until", dialect.time(until));
        if (!plan.aggregateIds().isEmpty()) parameters.put("aggregateIds", plan.aggregateIds());
        if (!plan.eventTypes().isEmpty()) parameters.put("eventTypes", plan.eventTypes());
        if (!plan.eventIds().isEmpty())
            parameters.put("eventIds", plan.eventIds().stream().map(dialect::id).toList());
        return parameters;
    }
}
