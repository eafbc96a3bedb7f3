package dev.outbox.inbox.store;

import dev.outbox.store.Dialect;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code inbox_events}. */
public final class InboxStore {
    /** What the names of the consumer's tables begin with unless something else is said. */
    public static final String DEFAULT_PREFIX = "inbox_";

    private final JdbcClient jdbc;
    private final Dialect dialect;

    /** @param tables with {@value #DEFAULT_PREFIX} or another prefix, but not the outbox's in the same schema */
    public InboxStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
    }

    /** The consumer's tables. */
    public static Schema schema(OutboxTables tables) {
        return new Schema(tables, "inbox", List.of("V1__inbox.sql"), List.of("inbox_events"));
    }

    /**
     * Records in the current transaction that a consumer handles an event. While another transaction is handling the same event, this waits for
     * its end: it is a duplicate if that one commits, and not if it rolls back.
     *
     * @return false if the consumer has handled the event already
     * @throws org.springframework.dao.ConcurrencyFailureException if the database has ended that wait, after its lock time-out or to end a deadlock. The
     *     transaction has to be rolled back, and can be run again.
     */
    public boolean record(String consumer, UUID eventId) {
        return dialect.insertUnlessThere(
                jdbc,
                "INSERT INTO inbox_events (consumer, event_id, handled_at) VALUES (:consumer, :eventId, %s)"
                        .formatted(dialect.now()),
                Map.of("consumer", consumer, "eventId", dialect.id(eventId)));
    }
}
