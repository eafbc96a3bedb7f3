package dev.outbox.store;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Payloads for people to see: of {@code outbox_events}, and of {@code outbox_archived_events}. */
public final class PayloadStore {
    private final JdbcClient jdbc;
    private final Dialect dialect;

    /** For what may throw see {@link Database#of}. */
    public PayloadStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
    }

    /**
     * A payload as it is stored, with the names that it is tied to.
     *
     * @param bytes encrypted if there is a key
     * @param encryptionKeyId which key it takes to read them; null when they are not encrypted
     */
    public record StoredPayload(
            String eventType,
            String aggregateType,
            String aggregateId,
            String contentType,
            @SuppressWarnings("ArrayRecordComponent") byte[] bytes,
            @Nullable String encryptionKeyId) {
        /** Without the payload. */
        @Override
        public String toString() {
            return "payload of %s of %s %s".formatted(eventType, aggregateType, aggregateId);
        }
    }

    /** That of one event; empty if it is in neither table. Looked for in this order, in which retention moves it, it is not missed on its way. */
    public Optional<StoredPayload> find(UUID eventId) {
        return find("outbox_events", eventId).or(() -> find("outbox_archived_events", eventId));
    }

    private Optional<StoredPayload> find(String table, UUID eventId) {
        return jdbc.sql("""
                        SELECT event_type, aggregate_type, aggregate_id, content_type, payload, encryption_key_id
                        FROM %s WHERE event_id = :eventId
                        """.formatted(table))
                .param("eventId", dialect.id(eventId))
                .query((row, number) -> new StoredPayload(
                        row.getString("event_type"),
                        row.getString("aggregate_type"),
                        row.getString("aggregate_id"),
                        row.getString("content_type"),
                        row.getBytes("payload"),
                        row.getString("encryption_key_id")))
                .optional();
    }
}
