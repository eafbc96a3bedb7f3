package dev.outbox.store;

import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The transaction has its id before a row draws its sequence number: PostgreSQL evaluates the materialised query first, and the
 * condition keeps it from being left out. Whoever has seen a sequence number can therefore wait for all transactions that could
 * still commit a lower one, by their ids.
 */
final class PostgresInsert implements EventStore.Insert {
    private static final String SQL = """
            WITH transaction AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
            INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, aggregate_version, event_type,
                                       topic, content_type, payload, headers, encryption_key_id, status, created_at)
            SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', clock_timestamp()
            FROM transaction WHERE id IS NOT NULL
            """;

    private final JdbcTemplate jdbc;
    private final String sql;

    PostgresInsert(OutboxTables tables) {
        this.jdbc = new JdbcTemplate(tables.dataSource());
        this.sql = tables.named(SQL);
    }

    @Override
    public void insert(List<NewEvent> events) {
        List<Object[]> rows =
                events.stream().map(event -> event.columns(event.eventId())).toList();
        if (rows.size() == 1) jdbc.update(sql, rows.get(0));
        else jdbc.batchUpdate(sql, rows);
    }
}
