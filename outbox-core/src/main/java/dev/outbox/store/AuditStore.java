package dev.outbox.store;

import dev.outbox.AuditEntry;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code outbox_audit}: added in the transaction of what they tell of, and never changed. Only {@link RetentionStore} deletes them. */
public final class AuditStore {
    private final JdbcClient jdbc;
    private final Dialect dialect;

    public AuditStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
    }

    /** Adds a line in the current transaction; for its parts see {@link AuditEntry}. */
    public void add(String operator, String action, String subject, @Nullable UUID eventId, String reason) {
        jdbc.sql("""
                        INSERT INTO outbox_audit (recorded_at, operator, action, subject, event_id, reason)
                        VALUES (%s, :operator, :action, :subject, :eventId, :reason)
                        """.formatted(dialect.now()))
                .param("operator", operator)
                .param("action", action)
                .param("subject", subject)
                .param(
                        "eventId",
                        eventId == null ? null : dialect.id(eventId),
                        eventId == null ? Types.NULL : dialect.idType())
                .param("reason", reason)
                .update();
    }

    /** Lines before {@code before}, the latest first. */
    public List<AuditEntry> before(long before, int size) {
        return jdbc.sql("""
                        SELECT id, recorded_at, operator, action, subject, event_id, reason FROM outbox_audit
                        WHERE id < :before ORDER BY id DESC LIMIT :size
                        """)
                .param("before", before)
                .param("size", size)
                .query((row, number) -> new AuditEntry(
                        row.getLong("id"),
                        Objects.requireNonNull(dialect.instant(row, "recorded_at")),
                        row.getString("operator"),
                        row.getString("action"),
                        row.getString("subject"),
                        row.getObject("event_id") == null ? null : dialect.id(row, "event_id"),
                        row.getString("reason")))
                .list();
    }
}
