package dev.outbox.store;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** MySQL and MariaDB, which differ in their scripts only. Times are kept in UTC, whatever the time zones of server and connection, and ids as 16 bytes. */
final class MySqlDialect extends Dialect {
    private static final Duration LONGEST_INSTALLATION = Duration.ofMinutes(5);
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;

    /** With MariaDB's {@code innodb_snapshot_isolation}, which is on by default from 11.6 on. */
    private static final int RECORD_HAS_CHANGED = 1020;

    private static final Set<Integer> CONCURRENCY_FAILURES = Set.of(LOCK_WAIT_TIMEOUT, DEADLOCK, RECORD_HAS_CHANGED);
    private static final int OPTION_PREVENTS_STATEMENT = 1290;

    @Override
    public String now() {
        return "utc_timestamp(6)";
    }

    @Override
    public String deleteSome(String table, String which) {
        return "DELETE FROM %s WHERE %s".formatted(table, which);
    }

    @Override
    String index(String name) {
        return "FORCE INDEX (%s)".formatted(name);
    }

    @Override
    public Object id(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    @Override
    int idType() {
        return Types.BINARY;
    }

    @Override
    public Object time(Instant time) {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }

    @Override
    public UUID id(ResultSet row, String column) throws SQLException {
        ByteBuffer bytes = ByteBuffer.wrap(row.getBytes(column));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Override
    public @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        LocalDateTime time = row.getObject(column, LocalDateTime.class);
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }

    /** The lock belongs to the connection, because CREATE TABLE ends a transaction. */
    @Override
    <T> T exclusively(JdbcTemplate jdbc, String name, Supplier<T> work) {
        Integer locked =
                jdbc.queryForObject("SELECT GET_LOCK(?, ?)", Integer.class, name, LONGEST_INSTALLATION.toSeconds());
        if (locked == null || locked != 1)
            throw new CannotAcquireLockException(
                    "The lock '%s' was not free for %s: another instance changes the schema."
                            .formatted(name, LONGEST_INSTALLATION));
        try {
            return work.get();
        } finally {
            jdbc.queryForObject("SELECT RELEASE_LOCK(?)", Integer.class, name);
        }
    }

    @Override
    String currentSchema() {
        return "database()";
    }

    /** What information_schema tells, which MySQL would remember for a day; MariaDB takes the second part of each SET for a comment. */
    @Override
    TableState.Size size(JdbcTemplate jdbc, OutboxTables names, String table) {
        ConnectionCallback<TableState.Size> onOneConnection = connection -> {
            JdbcTemplate session = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            session.execute("""
                    SET @outbox_size = 0 /*!80000 , @outbox_expiry = @@session.information_schema_stats_expiry,
                        SESSION information_schema_stats_expiry = 0 */
                    """);
            try {
                String sql = """
                        SELECT data_length + index_length AS bytes, table_rows AS number FROM information_schema.tables
                        WHERE table_schema = coalesce(?, database()) AND table_name = ?
                        """;
                return session.queryForObject(sql, (row, number) -> size(row), names.schema(), names.prefixed(table));
            } finally {
                session.execute(
                        "SET @outbox_size = 0 /*!80000 , SESSION information_schema_stats_expiry = @outbox_expiry */");
            }
        };
        return Objects.requireNonNull(jdbc.execute(onOneConnection));
    }

    @Override
    boolean isReadOnly(SQLException e) {
        return super.isReadOnly(e)
                || e.getErrorCode() == OPTION_PREVENTS_STATEMENT
                        && String.valueOf(e.getMessage()).contains("read-only");
    }

    @Override
    boolean isConcurrencyFailure(SQLException e) {
        return CONCURRENCY_FAILURES.contains(e.getErrorCode());
    }
}
