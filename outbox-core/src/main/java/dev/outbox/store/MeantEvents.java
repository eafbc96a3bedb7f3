package dev.outbox.store;

import static java.util.stream.Collectors.joining;

import dev.outbox.EventState;
import dev.outbox.ReplayPlan;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /**
     * The first ones within some sequences.
     *
     * @param columns to be read of each
     */
    <T> List<T> first(ReplayPlan plan, long first, long last, int most, String columns, RowMapper<T> row) {
        String of = "(SELECT %s FROM %%s WHERE seq BETWEEN :first AND :last%s ORDER BY seq LIMIT :most)"
                .formatted(columns, conditions(plan));
        return jdbc.sql(each(of) + " ORDER BY seq LIMIT :most")
                .params(parameters(plan))
                .param("first", first)
                .param("last", last)
                .param("most", most)
                .query(row)
                .list();
    }

    /** The last one within some sequences; 0 if there is none. */
    long last(ReplayPlan plan, long first, long last) {
        String of = "SELECT max(seq) AS seq FROM %%s WHERE seq BETWEEN :first AND :last%s".formatted(conditions(plan));
        return jdbc.sql("SELECT coalesce(max(seq), 0) FROM (%s) highest".formatted(each(of)))
                .params(parameters(plan))
                .param("first", first)
                .param("last", last)
                .query(Long.class)
                .single();
    }

    /** Those of some sequences. */
    List<Long> among(ReplayPlan plan, List<Long> seqs) {
        if (seqs.isEmpty()) return List.of();
        return jdbc.sql(each("SELECT seq FROM %%s WHERE seq IN (:seqs)%s".formatted(conditions(plan))))
                .params(parameters(plan))
                .param("seqs", seqs)
                .query(Long.class)
                .list();
    }

    /** The states of events, by sequence. */
    List<EventState> states(List<Long> seqs) {
        return named(seqs, EventStore.STATE, (row, number) -> EventStore.state(dialect, row));
    }

    /** Whole events as a relay reads them, by sequence; none that are gone. */
    List<Candidate> candidates(List<Long> seqs) {
        return named(seqs, EVENT, (row, number) -> candidate(row));
    }

    private Candidate candidate(ResultSet row) throws SQLException {
        return new Candidate(BatchStore.event(dialect, row), row.getInt("lane"), 0, false, false, false);
    }

    private <T> List<T> named(List<Long> seqs, String columns, RowMapper<T> row) {
        if (seqs.isEmpty()) return List.of();
        return jdbc.sql(each("SELECT %s FROM %%s WHERE seq IN (:seqs)".formatted(columns)) + " ORDER BY seq")
                .param("seqs", seqs)
                .query(row)
                .list();
    }

    private static String each(String select) {
        return TABLES.stream().map(select::formatted).collect(joining(" UNION ALL "));
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
