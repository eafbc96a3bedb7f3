package dev.outbox.store;

/** {@link StateStore} by the index {@code waiting (status, lane, next_attempt_at, seq)}, which has the events of a status side by side. */
final class PortableStateStore extends StateStore {
    PortableStateStore(OutboxTables tables, Dialect dialect) {
        super(tables, dialect);
    }

    /** The first event of each lane: one look into the index for each. */
    @Override
    Oldest oldestPending() {
        return jdbc.sql("""
                        SELECT min(l.created_at) AS oldest, %2$s AS asked_at
                        FROM (SELECT (SELECT e.created_at FROM outbox_events e %1$s
                                      WHERE e.status = 'PENDING' AND e.lane = lanes.lane AND e.next_attempt_at IS NULL
                                      ORDER BY e.status, e.lane, e.next_attempt_at, e.seq LIMIT 1) AS created_at
                              FROM outbox_lanes lanes) l
                        """.formatted(dialect.index("waiting"), dialect.now()))
                .query(this::oldest)
                .single();
    }

    @Override
    long pending() {
        return number("PENDING", "1 AS found");
    }

    @Override
    Counted retrying() {
        return jdbc.sql("SELECT count(*) AS number, min(created_at) AS oldest FROM (%s) counted"
                        .formatted(of("RETRYING", "e.created_at")))
                .param("cap", CAP)
                .query(this::counted)
                .single();
    }

    @Override
    long quarantined() {
        return number("QUARANTINED", "1 AS found");
    }

    @Override
    long blocked() {
        return number("BLOCKED", "1 AS found");
    }

    private long number(String status, String column) {
        return number(of(status, column));
    }

    private String of(String status, String column) {
        return "SELECT %s FROM outbox_events e %s WHERE e.status = '%s' LIMIT :cap"
                .formatted(column, dialect.index("waiting"), status);
    }
}
