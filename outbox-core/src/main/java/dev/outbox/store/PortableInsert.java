package dev.outbox.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** Many rows in one statement: a batch of statements would be one round trip for each. */
final class PortableInsert implements EventStore.Insert {
    /** Servers limit the size of a statement, to 16 MiB for instance. */
    private static final int MOST_ROWS = 100;

    private static final int MOST_BYTES = 4 << 20;

    private final JdbcTemplate jdbc;
    private final Dialect dialect;
    private final String insert;
    private final String row;

    PortableInsert(OutboxTables tables, Dialect dialect) {
        this.jdbc = new JdbcTemplate(tables.dataSource());
        this.dialect = dialect;
        this.insert = tables.named("""
                INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, aggregate_version, event_type,
                                           topic, content_type, payload, headers, encryption_key_id, status, created_at) VALUES
                """);
        this.row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', %s)".formatted(dialect.now());
    }

    @Override
    public void insert(List<NewEvent> events) {
        List<Object> columns = new ArrayList<>();
        int rows = 0;
        int bytes = 0;
        for (NewEvent event : events) {
            if (rows == MOST_ROWS || rows > 0 && bytes + event.payload().length > MOST_BYTES) {
                insert(rows, columns);
                columns.clear();
                rows = bytes = 0;
            }
            columns.addAll(Arrays.asList(event.columns(dialect.id(event.eventId()))));
            rows++;
            bytes += event.payload().length;
        }
        insert(rows, columns);
    }

    private void insert(int rows, List<Object> columns) {
        jdbc.update(insert + String.join(", ", Collections.nCopies(rows, row)), columns.toArray());
    }
}
