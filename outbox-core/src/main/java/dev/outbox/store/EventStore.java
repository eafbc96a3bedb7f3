package dev.outbox.store;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxTransactionException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code outbox_events}. Every statement joins the transaction of the calling thread if there is one. */
public final class EventStore {
    private static final String INSERT = """
            WITH transaction AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
            INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, aggregate_version, event_type,
                                       topic, content_type, payload, headers, status, created_at)
            SELECT :eventId, :lane, :aggregateType, :aggregateId, :aggregateVersion, :eventType,
                   :topic, :contentType, :payload, :headers, 'PENDING', clock_timestamp()
            FROM transaction WHERE id IS NOT NULL
            """;

    /** SQL state read_only_sql_transaction. */
    private static final String READ_ONLY = "25006";

    private final JdbcClient jdbc;
    private final NamedParameterJdbcTemplate inserts;
    private final String insert;

    public EventStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.inserts = new NamedParameterJdbcTemplate(tables.dataSource());
        this.insert = tables.named(INSERT);
    }

    /**
     * Inserts events as {@code PENDING}, in the order given.
     *
     * <p>The transaction has its id before a row draws its sequence number: PostgreSQL evaluates the materialised query first, and the
     * condition keeps it from being left out. Whoever has seen a sequence number can therefore wait for all transactions that could
     * still commit a lower one, by their ids.
     *
     * @throws OutboxTransactionException if the database takes no writes in this transaction
     */
    public void insert(List<NewEvent> events) {
        SqlParameterSource[] rows = events.stream().map(EventStore::parameters).toArray(SqlParameterSource[]::new);
        try {
            if (rows.length == 1) inserts.update(insert, rows[0]);
            else inserts.batchUpdate(insert, rows);
        } catch (DataAccessException e) {
            if (!(e.getCause() instanceof SQLException cause) || !READ_ONLY.equals(cause.getSQLState())) throw e;
            throw new OutboxTransactionException(
                    "publish was called in a transaction that the database has made read-only: default_transaction_read_only is on, or the server"
                            + " is a standby. Let it roll back, and try again when the database takes writes.",
                    e);
        }
    }

    private static SqlParameterSource parameters(NewEvent event) {
        OutboxMessage message = event.message();
        return new MapSqlParameterSource()
                .addValue("eventId", event.eventId())
                .addValue("lane", event.lane())
                .addValue("aggregateType", message.aggregateType())
                .addValue("aggregateId", message.aggregateId())
                .addValue("aggregateVersion", message.aggregateVersion(), Types.BIGINT)
                .addValue("eventType", message.eventType())
                .addValue("topic", event.topic())
                .addValue("contentType", event.contentType())
                .addValue("payload", event.payload())
                .addValue("headers", HeadersJson.write(message.headers()), Types.VARCHAR);
    }

    /** The state of one event; empty if it is not in the table. */
    public Optional<EventState> find(UUID eventId) {
        return jdbc.sql("""
                        SELECT seq, event_id, lane, aggregate_type, aggregate_id, event_type, topic, status, created_at, published_at
                        FROM outbox_events
                        WHERE event_id = :eventId
                        """)
                .param("eventId", eventId)
                .query((row, number) -> state(row))
                .optional();
    }

    private static EventState state(ResultSet row) throws SQLException {
        return new EventState(
                row.getObject("event_id", UUID.class),
                row.getLong("seq"),
                row.getInt("lane"),
                row.getString("aggregate_type"),
                row.getString("aggregate_id"),
                row.getString("event_type"),
                row.getString("topic"),
                EventStatus.valueOf(row.getString("status")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("published_at", OffsetDateTime.class)));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
