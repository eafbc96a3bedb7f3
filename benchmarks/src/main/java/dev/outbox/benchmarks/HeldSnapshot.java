package dev.outbox.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A long report in another process: it reads one snapshot until it is closed, and meanwhile the database removes no dead rows. */
final class HeldSnapshot implements AutoCloseable {
    private final Connection connection;

    HeldSnapshot(DataSource dataSource) throws SQLException {
        connection = dataSource.getConnection();
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT count(*) FROM outbox_lanes"); // the snapshot is taken by the first statement
        }
    }

    @Override
    public void close() throws SQLException {
        connection.rollback();
        connection.close();
    }
}
