package dev.outbox.store;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code outbox_events}. Every statement joins the transaction of the calling thread if there is one. */
public final class EventStore implements OutboxOperations {
    private final JdbcClient jdbc;

    public EventStore(DataSource dataSource) {
        this.jdbc = JdbcClient.create(dataSource);
    }

    /**
     * Inserts one event as {@code PENDING}.
     *
     * <p>The transaction has its id before the row draws its sequence number: PostgreSQL evaluates the materialised query first, and the
     * condition keeps it from being left out. Whoever has seen a sequence number can therefore wait for all transactions that could
     * still commit a lower one, by their ids.
     */
    public void insert(NewEvent event) {
        OutboxMessage message = event.message();
        jdbc.sql("""
                        WITH transaction AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
                        INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, aggregate_version, event_type,
                                                   topic, content_type, payload, headers, status, created_at)
                        SELECT :eventId, :lane, :aggregateType, :aggregateId, :aggregateVersion, :eventType,
                               :topic, :contentType, :payload, :headers, 'PENDING', clock_timestamp()
                        FROM transaction WHERE id IS NOT NULL
                        """)
                .param("eventId", event.eventId())
                .param("lane", event.lane())
                .param("aggregateType", message.aggregateType())
                .param("aggregateId", message.aggregateId())
                .param("aggregateVersion", message.aggregateVersion(), java.sql.Types.BIGINT)
                .param("eventType", message.eventType())
                .param("topic", event.topic())
                .param("contentType", event.contentType())
                .param("payload", event.payload())
                .param("headers", HeadersJson.write(message.headers()), java.sql.Types.VARCHAR)
                .update();
    }

    @Override
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
