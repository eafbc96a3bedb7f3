package dev.outbox.store;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxTransactionException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code outbox_events}, and those of the archive. Every statement joins the transaction of the calling thread if there is one. */
public final class EventStore {
    /** The columns of {@link #state}. */
    static final String STATE =
            "seq, event_id, lane, aggregate_type, aggregate_id, event_type, topic, status, created_at, published_at, attempts, failed_at, last_error";

    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final Insert insert;

    /** For what may throw see {@link Database#of}. */
    public EventStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
        this.insert = dialect.insert(tables);
    }

    /** How rows are inserted. */
    interface Insert {
        void insert(List<NewEvent> events);
    }

    /**
     * Inserts events as {@code PENDING}, in the order given.
     *
     * @throws OutboxTransactionException if the database takes no writes in this transaction
     */
    public void insert(List<NewEvent> events) {
        try {
            insert.insert(events);
        } catch (DataAccessException e) {
            if (!(e.getCause() instanceof SQLException cause) || !dialect.isReadOnly(cause)) throw e;
            throw new OutboxTransactionException(
                    "publish was called in a transaction that the database has made read-only: default_transaction_read_only is on, or the server"
                            + " is a standby. Let it roll back, and try again when the database takes writes.",
                    e);
        }
    }

    /** The state of one event, archived or not; empty if it is in neither table. One statement, so that an event that is being moved is not missed. */
    public Optional<EventState> find(UUID eventId) {
        return jdbc.sql("""
                        SELECT %1$s, NULL AS archived_at FROM outbox_events WHERE event_id = :eventId
                        UNION ALL
                        SELECT %1$s, archived_at FROM outbox_archived_events WHERE event_id = :eventId
                        """.formatted(STATE))
                .param("eventId", dialect.id(eventId))
                .query((row, number) -> state(dialect, row, dialect.instant(row, "archived_at")))
                .optional();
    }

    /** Of a row of {@code outbox_events}. */
    static EventState state(Dialect dialect, ResultSet row) throws SQLException {
        return state(dialect, row, null);
    }

    private static EventState state(Dialect dialect, ResultSet row, @Nullable Instant archivedAt) throws SQLException {
        return new EventState(
                dialect.id(row, "event_id"),
                row.getLong("seq"),
                row.getInt("lane"),
                row.getString("aggregate_type"),
                row.getString("aggregate_id"),
                row.getString("event_type"),
                row.getString("topic"),
                EventStatus.valueOf(row.getString("status")),
                Objects.requireNonNull(dialect.instant(row, "created_at")),
                dialect.instant(row, "published_at"),
                row.getInt("attempts"),
                dialect.instant(row, "failed_at"),
                row.getString("last_error"),
                archivedAt);
    }
}
