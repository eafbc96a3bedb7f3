package dev.outbox.store;

import dev.outbox.AuditEntry;
import dev.outbox.OutboxConfigurationException;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code outbox_audit}: added in the transaction of what they tell of, and never changed. Only {@link RetentionStore} deletes them. */
public final class AuditStore {
    /** The longest subject of a line. */
    public static final int MAX_SUBJECT = 500;

    /** What PostgreSQL, MySQL, MariaDB and H2 say when there is no such table. */
    private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S03", "42S04");

    private final OutboxTables tables;
    private final JdbcClient jdbc;
    private final Dialect dialect;

    public AuditStore(OutboxTables tables) {
        this.tables = tables;
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
    }

    /**
     * Adds a line in the current transaction; for its parts see {@link AuditEntry}. Of the subject the first {@value #MAX_SUBJECT} characters are kept.
     *
     * @throws OutboxConfigurationException if there is no table for it
     */
    public void add(String operator, String action, String subject, @Nullable UUID eventId, String reason) {
        String kept = subject.length() <= MAX_SUBJECT ? subject : subject.substring(0, MAX_SUBJECT - 1) + "…";
        try {
            insert(operator, action, kept, eventId, reason);
        } catch (BadSqlGrammarException e) {
            SQLException cause = e.getSQLException();
            if (cause == null || !NO_TABLE.contains(String.valueOf(cause.getSQLState()))) throw e;
            throw new OutboxConfigurationException(
                    "The table of the audit trail, %s, is missing, and nothing is done that is not written down there."
                            .formatted(tables.named("outbox_audit")),
                    "Create it: its statement is in the script V1 of these tables, in the jar below dev/outbox/schema.",
                    e);
        }
    }

    private void insert(String operator, String action, String subject, @Nullable UUID eventId, String reason) {
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
