package dev.outbox.inbox.deadletter;

import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.DatabaseServer;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The databases that an inbox can be in. */
public enum InboxDatabase {
    POSTGRESQL,
    MYSQL,
    MARIADB,
    H2;

    /** The tables of an inbox in an empty schema. */
    public OutboxTables createTables() {
        OutboxTables tables = new OutboxTables(emptySchema(), null, InboxStore.DEFAULT_PREFIX);
        InboxStore.schema(tables).install();
        InboxStore.schema(tables).verify();
        return tables;
    }

    private DataSource emptySchema() {
        if (this == H2) {
            return new DriverManagerDataSource(
                    "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000", "sa", "");
        }
        return new KeptConnections(TestDatabase.valueOf(name()).createSchema("inbox"));
    }

    /** How many transactions are waiting for another one now. */
    int waiting(OutboxTables tables) {
        return switch (this) {
            case POSTGRESQL ->
                count(tables.jdbc(), "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
            case MYSQL -> waitingAt(TestServers.mysql());
            case MARIADB -> waitingAt(TestServers.mariadb());
            case H2 ->
                count(
                        tables.jdbc(),
                        "SELECT count(*) FROM information_schema.sessions WHERE executing_statement LIKE 'SELECT aggregate_id FROM inbox_held_keys%'");
        };
    }

    /** The table innodb_trx stays as it is while it is read more often than every 100 ms. */
    private static int waitingAt(DatabaseServer<?> server) {
        JdbcClient jdbc =
                JdbcClient.create(new DriverManagerDataSource(server.jdbcUrl(), server.username(), server.password()));
        return jdbc.sql("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")
                .query((row, number) -> row.getInt(2))
                .single();
    }

    private static int count(JdbcClient jdbc, String query) {
        return jdbc.sql(query).query(Integer.class).single();
    }
}
