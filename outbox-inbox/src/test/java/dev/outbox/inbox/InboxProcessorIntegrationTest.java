package dev.outbox.inbox;

import dev.outbox.test.KeptConnections;
import dev.outbox.test.MySqlServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** {@link InboxProcessorContract} on every database. */
class InboxProcessorIntegrationTest {
    @Nested
    class OnPostgres extends InboxProcessorContract {
        @Override
        DataSource emptySchema() {
            return schema(TestDatabase.POSTGRESQL);
        }

        @Override
        String impatience() {
            return "SET lock_timeout = '1s'";
        }

        @Override
        int waiting() {
            return count(jdbc, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        }
    }

    @Nested
    class OnMySql extends InboxProcessorContract {
        @Override
        DataSource emptySchema() {
            return schema(TestDatabase.MYSQL);
        }

        @Override
        String impatience() {
            return "SET innodb_lock_wait_timeout = 1";
        }

        @Override
        int waiting() {
            return waitingAt(TestServers.mysql());
        }
    }

    @Nested
    class OnMariaDb extends InboxProcessorContract {
        @Override
        DataSource emptySchema() {
            return schema(TestDatabase.MARIADB);
        }

        @Override
        String impatience() {
            return "SET innodb_lock_wait_timeout = 1";
        }

        @Override
        int waiting() {
            return waitingAt(TestServers.mariadb());
        }
    }

    @Nested
    class OnH2 extends InboxProcessorContract {
        @Override
        DataSource emptySchema() {
            return new DriverManagerDataSource(
                    "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000", "sa", "");
        }

        @Override
        String impatience() {
            return "SET LOCK_TIMEOUT 1000";
        }

        @Override
        int waiting() {
            return count(
                    jdbc,
                    "SELECT count(*) FROM information_schema.sessions WHERE executing_statement LIKE 'INSERT INTO inbox%'");
        }
    }

    static DataSource schema(TestDatabase database) {
        return new KeptConnections(database.createSchema("inbox"));
    }

    /** The table innodb_trx stays as it is while it is read more often than every 100 ms. */
    private static int waitingAt(MySqlServer server) {
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
