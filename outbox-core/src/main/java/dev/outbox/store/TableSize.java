package dev.outbox.store;

import java.util.OptionalLong;
import org.springframework.jdbc.core.JdbcTemplate;

/** How much space the events take, archived ones included, with their indexes. Thread-safe. */
public final class TableSize {
    private final OutboxTables tables;
    private final Dialect dialect;
    private final JdbcTemplate jdbc;

    /** For what may throw see {@link Database#of}. */
    public TableSize(OutboxTables tables) {
        this.tables = tables;
        this.dialect = Dialect.of(tables);
        this.jdbc = new JdbcTemplate(tables.dataSource());
    }

    /**
     * In bytes; empty where the database does not tell, as H2. On MySQL and MariaDB it is InnoDB's own statistic, which is renewed when a tenth of a table has changed.
     *
     * @throws org.springframework.dao.DataAccessException if the database cannot be asked
     */
    public OptionalLong bytes() {
        TableState.Size events = dialect.size(jdbc, tables, "outbox_events");
        TableState.Size archive = dialect.size(jdbc, tables, "outbox_archived_events");
        if (events == null || archive == null) return OptionalLong.empty();
        return OptionalLong.of(events.bytes() + archive.bytes());
    }
}
