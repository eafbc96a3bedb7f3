package dev.outbox.store;

import static java.util.stream.Collectors.joining;

import dev.outbox.EventState;
import dev.outbox.ReplayPlan;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The published events that a plan means, in their table and in the archive. Both are read by one statement, and so in one snapshot: of an event that retention is moving meanwhile, one of the two is seen.
 *
 * <p>They are found by their sequence, a window of sequence numbers after the other: there is no index that finds them by type, aggregate or time, because every publish would pay for it. Events that are named by their ids are found by those.
 */
final class MeantEvents {
    private static final List<String> TABLES = List.of("outbox_events", "outbox_archived_events");
    private static final String EVENT =
            "seq, event_id, lane, aggregate_type, aggregate_id, aggregate_version, event_type, topic, content_type, payload, headers, encryption_key_id, created_at";

    /** How far the order of sequences and that of times may differ: a statement that waits for a lock between the two, a clock that is set back a little. */
    private static final Duration DISORDER = Duration.ofMinutes(10);

    private final JdbcClient jdbc;
    private final Dialect dialect;

    MeantEvents(OutboxTables tables, Dialect dialect) {
        this.jdbc = tables.jdbc();
        this.dialect = dialect;
    }

    /** The lowest sequence above one, over whatever gap, of events of any kind; 0 if there is none. */
    long lowestAbove(long seq) {
        return jdbc.sql("SELECT coalesce(min(seq), 0) FROM (%s) lowest"
                        .formatted(each("SELECT min(seq) AS seq FROM %s WHERE seq > :seq")))
                .param("seq", seq)
                .query(Long.class)
                .single();
    }

    /** The highest sequence below one; 0 if there is none. */
    long highestBelow(long seq) {
        return jdbc.sql("SELECT coalesce(max(seq), 0) FROM (%s) highest"
                        .formatted(each("SELECT max(seq) AS seq FROM %s WHERE seq < :seq")))
                .param("seq", seq)
                .query(Long.class)
                .single();
    }

    /** What time it is in the database. */
    Instant now() {
        return jdbc.sql("SELECT %s AS now_there".formatted(dialect.now()))
                .query((row, number) -> Objects.requireNonNull(dialect.instant(row, "now_there")))
                .single();
    }

    /** The lowest sequence that a plan can mean. */
    long beginning(ReplayPlan plan) {
        Instant from = plan.from();
        return from == null ? lowestAbove(0) : lowestSince(from.minus(DISORDER));
    }

    /** A sequence above which a plan means nothing. */
    long end(ReplayPlan plan) {
        Instant until = plan.until();
        return until == null ? Long.MAX_VALUE : lowestSince(until.plus(DISORDER));
    }

    /**
     * The sequence of about the first event that was stored at or after a time; the highest and 1 if there is none. It is found by halving, because sequences are drawn as events are stored, and so nearly in the order of time.
     */
    private long lowestSince(Instant time) {
        long low = lowestAbove(0);
        long high = highestBelow(Long.MAX_VALUE) + 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            Stored next = next(middle);
            if (next == null || !next.at().isBefore(time)) high = middle;
            else low = next.seq() + 1;
        }
        return low;
    }

    private record Stored(long seq, Instant at) {}

    private @Nullable Stored next(long seq) {
        return jdbc
                .sql(each("(SELECT seq, created_at FROM %s WHERE seq >= :seq ORDER BY seq LIMIT 1)")
                        + " ORDER BY seq LIMIT 1")
                .param("seq", seq)
                .query((row, number) ->
                        new Stored(row.getLong("seq"), Objects.requireNonNull(dialect.instant(row, "created_at"))))
                .list()
                .stream()
                .findFirst()
                .orElse(null);
    }

    /**
     * The first ones within some sequences.
     *
     * @param columns to be read of each
     */
    <T> List<T> first(Meant meant, long first, long last, int most, String columns, RowMapper<T> row) {
        // named events are few: the sum keeps the planner from walking the sequences instead of looking them up
        String seq = meant.plan().eventIds().isEmpty() ? "seq" : "seq + 0";
        String of = "(SELECT %1$s FROM %%s WHERE %2$s BETWEEN :first AND :last%3$s ORDER BY %2$s LIMIT :most)"
                .formatted(columns, seq, conditions(meant));
        return jdbc.sql(each(of) + " ORDER BY seq LIMIT :most")
                .params(parameters(meant))
                .param("first", first)
                .param("last", last)
                .param("most", most)
                .query(row)
                .list();
    }

    /** The last one within some sequences; 0 if there is none. */
    long last(Meant meant, long first, long last) {
        String of = "SELECT max(seq) AS seq FROM %%s WHERE seq BETWEEN :first AND :last%s".formatted(conditions(meant));
        return jdbc.sql("SELECT coalesce(max(seq), 0) FROM (%s) highest".formatted(each(of)))
                .params(parameters(meant))
                .param("first", first)
                .param("last", last)
                .query(Long.class)
                .single();
    }

    /** Those of some sequences. */
    List<Long> meantOf(Meant meant, List<Long> seqs) {
        if (seqs.isEmpty()) return List.of();
        return jdbc.sql(each("SELECT seq FROM %%s WHERE seq IN (:seqs)%s".formatted(conditions(meant))))
                .params(parameters(meant))
                .param("seqs", seqs)
                .query(Long.class)
                .list();
    }

    /** The states of some sequences, in their order. */
    List<EventState> states(List<Long> seqs) {
        return of(seqs, EventStore.STATE, (row, number) -> EventStore.state(dialect, row));
    }

    /** Whole events as a relay reads them, by sequence; none that are gone. */
    List<Candidate> candidates(List<Long> seqs) {
        return of(seqs, EVENT, (row, number) -> candidate(row));
    }

    private Candidate candidate(ResultSet row) throws SQLException {
        return new Candidate(BatchStore.event(dialect, row), row.getInt("lane"), 0, false, false, false);
    }

    private <T> List<T> of(List<Long> seqs, String columns, RowMapper<T> row) {
        if (seqs.isEmpty()) return List.of();
        return jdbc.sql(each("SELECT %s FROM %%s WHERE seq IN (:seqs)".formatted(columns)) + " ORDER BY seq")
                .param("seqs", seqs)
                .query(row)
                .list();
    }

    private static String each(String select) {
        return TABLES.stream().map(select::formatted).collect(joining(" UNION ALL "));
    }

    private static String conditions(Meant meant) {
        ReplayPlan plan = meant.plan();
        StringBuilder conditions = new StringBuilder();
        if (!plan.aggregateIds().isEmpty()) conditions.append(" AND aggregate_id IN (:aggregateIds)");
        if (!plan.eventTypes().isEmpty()) conditions.append(" AND event_type IN (:eventTypes)");
        if (!plan.eventIds().isEmpty()) conditions.append(" AND event_id IN (:eventIds)");
        if (plan.from() != null) conditions.append(" AND created_at >= :from");
        if (plan.until() != null) conditions.append(" AND created_at < :until");
        return conditions
                .append(" AND status = 'PUBLISHED' AND published_at <= :shownAt")
                .toString();
    }

    private Map<String, Object> parameters(Meant meant) {
        ReplayPlan plan = meant.plan();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("shownAt", dialect.time(meant.shownAt()));
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
