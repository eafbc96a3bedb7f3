package dev.outbox.store;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * {@link StateStore} by the partial indexes. Statistics that know nothing of a backlog, or of its end, could make a scan of the whole table look cheap, so each statement asks for the order of
 * the one index that it is meant to go along, and the planner is told to leave out what has no order.
 */
final class PostgresStateStore extends StateStore {
    /** How far held events are looked through, of which each counts as one of three. */
    private static final int HELD = 3 * CAP;

    PostgresStateStore(OutboxTables tables, Dialect dialect) {
        super(tables, dialect);
    }

    @Override
    void prepare(JdbcTemplate connection) {
        connection.queryForList(
                "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)");
    }

    private static String pending(String column, String most) {
        return """
                SELECT first.%1$s FROM outbox_lanes l CROSS JOIN LATERAL (
                  SELECT e.seq, e.created_at FROM outbox_events e
                  WHERE e.status = 'PENDING' AND e.lane <= l.lane AND (e.lane, e.seq) > (l.lane, l.floor)
                  ORDER BY e.lane, e.seq LIMIT %2$s) first""".formatted(column, most);
    }

    @Override
    Oldest oldestPending() {
        return jdbc.sql("SELECT min(created_at) AS oldest, clock_timestamp() AS asked_at FROM (%s) firsts"
                        .formatted(pending("created_at", "1")))
                .query(this::oldest)
                .single();
    }

    @Override
    long pending() {
        return number(pending("seq", ":cap") + " LIMIT :cap");
    }

    /** Only retries have a {@code next_attempt_at}. */
    @Override
    Counted retrying() {
        return jdbc.sql("""
                        SELECT count(*) AS number, min(created_at) AS oldest
                        FROM (SELECT created_at FROM outbox_events WHERE next_attempt_at IS NOT NULL
                              ORDER BY lane, next_attempt_at LIMIT :cap) counted
                        """).param("cap", CAP).query(this::counted).single();
    }

    /**
     * Walks along the keys that have something held. The first events of a key are those in quarantine or being retried, and from its first blocked one it goes on to the next key, so that a
     * backlog behind one key does not hide the quarantine of others.
     */
    @Override
    long quarantined() {
        return jdbc.sql("""
                        WITH RECURSIVE held AS (
                          (SELECT lane, aggregate_type, aggregate_id, seq, status FROM outbox_events
                           WHERE status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                           ORDER BY lane, aggregate_type, aggregate_id, seq LIMIT 1)
                          UNION ALL
                          SELECT next.* FROM held h CROSS JOIN LATERAL (
                            SELECT e.lane, e.aggregate_type, e.aggregate_id, e.seq, e.status FROM outbox_events e
                            WHERE e.status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                              AND (e.lane, e.aggregate_type, e.aggregate_id, e.seq) > (h.lane, h.aggregate_type, h.aggregate_id,
                                   CASE h.status WHEN 'BLOCKED' THEN 9223372036854775807 ELSE h.seq END)
                            ORDER BY e.lane, e.aggregate_type, e.aggregate_id, e.seq LIMIT 1) next)
                        SELECT least(count(*) FILTER (WHERE status = 'QUARANTINED'), :cap)
                        FROM (SELECT status FROM held LIMIT :held) walked
                        """)
                .param("cap", CAP)
                .param("held", HELD)
                .query(Long.class)
                .single();
    }

    @Override
    long blocked() {
        return jdbc.sql("""
                        SELECT least(count(*) FILTER (WHERE status = 'BLOCKED'), :cap)
                        FROM (SELECT status FROM outbox_events WHERE status IN ('RETRYING', 'QUARANTINED', 'BLOCKED')
                              ORDER BY lane, aggregate_type, aggregate_id, seq LIMIT :held) counted
                        """)
                .param("cap", CAP)
                .param("held", HELD)
                .query(Long.class)
                .single();
    }
}
