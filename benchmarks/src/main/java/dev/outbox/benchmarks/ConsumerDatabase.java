package dev.outbox.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.DatabaseSchema;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The database of a consumer: an inbox, in which much was handled before, and a table of its own with a row for each event. */
final class ConsumerDatabase implements AutoCloseable {
    /** The consumer of the history, which stays between measurements. */
    static final String OTHER = "other";

    private static final String INSERT = "INSERT INTO notifications (order_id, text, created_at) VALUES (?, ?, now())";

    final HikariDataSource dataSource;
    final OutboxTables tables;
    final TransactionTemplate transaction;
    final JdbcTemplate jdbc;
    private final Server server;
    private final DatabaseSchema schema;

    ConsumerDatabase(Server server) {
        this.server = server;
        this.schema = server.createSchema();
        this.dataSource = server.connect(schema);
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        this.tables = new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX);
        InboxStore.schema(tables).install();
        jdbc.execute("""
                CREATE TABLE notifications (
                  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                  order_id   varchar(200) NOT NULL,
                  text       text         NOT NULL,
                  created_at timestamptz  NOT NULL
                )
                """);
    }

    /** What some consumer has handled in the last thirty days. */
    void fillHistory(String consumer, int events) {
        jdbc.update("""
                INSERT INTO inbox_events (consumer, event_id, replay_id, status, attempts, handled_at)
                SELECT ?, %s, '', 'HANDLED', 1, now() - interval '30 days' * (1 - n / ?::float8) FROM generate_series(1, ?) n
                """.formatted(newId()), consumer, events, events);
    }

    /** An expression for an event id. */
    String newId() {
        return server.product.newId();
    }

    /** What an event is to this consumer. */
    record Notification(String orderId, byte[] text) {
        Object[] columns() {
            return new Object[] {orderId, new String(text, UTF_8)};
        }
    }

    void write(Notification notification) {
        jdbc.update(INSERT, notification.columns());
    }

    void writeAll(List<Notification> notifications) {
        jdbc.batchUpdate(
                INSERT, notifications.stream().map(Notification::columns).toList());
    }

    /** What was written since it was asked last; nothing of it, nor of what the database puts off, is left for the next measurement: the inbox has its history and no more. */
    int takeWritten() {
        Integer written = jdbc.queryForObject("SELECT count(*) FROM notifications", Integer.class);
        jdbc.execute("TRUNCATE notifications");
        jdbc.update("DELETE FROM inbox_events WHERE consumer <> ?", OTHER);
        jdbc.execute("VACUUM ANALYZE inbox_events");
        jdbc.execute("REINDEX TABLE inbox_events");
        jdbc.execute("CHECKPOINT");
        Disk.settle();
        return written == null ? 0 : written;
    }

    @Override
    public void close() {
        server.drop(schema, jdbc);
        dataSource.close();
    }
}
