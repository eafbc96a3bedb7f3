package dev.outbox.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What differs between the databases. Here is what most of them have in common, and in a subclass each what its database has instead. Immutable.
 */
public abstract class Dialect {
    /** SQL state read_only_sql_transaction. */
    private static final String READ_ONLY = "25006";

    Dialect() {}

    /** The dialect of the database behind the tables; for what may throw see {@link Database#of}. */
    public static Dialect of(OutboxTables tables) {
        return Database.of(tables.dataSource()).dialect();
    }

    LaneStore lanes(OutboxTables tables) {
        return new PortableLaneStore(tables, this);
    }

    BatchStore batches(OutboxTables tables, BatchRules rules) {
        return new PortableBatchStore(tables, this, rules);
    }

    EventStore.Insert insert(OutboxTables tables) {
        return new PortableInsert(tables, this);
    }

    StateStore state(OutboxTables tables) {
        return new PortableStateStore(tables, this);
    }

    /** An expression for the time of the database, to the microsecond. */
    public abstract String now();

    /** An expression for the time of the database after some microseconds, which may be a parameter. */
    public String after(String micros) {
        return "TIMESTAMPADD(MICROSECOND, %s, %s)".formatted(micros, now());
    }

    /**
     * A statement that deletes the first rows of a table.
     *
     * @param which begins with the condition, and ends with ORDER BY and LIMIT
     */
    public abstract String deleteSome(String table, String which);

    /** Whether a parameter may be an array, to be taken apart by {@code unnest} or {@code ANY}: one parameter for any number of rows. */
    public boolean hasArrays() {
        return false;
    }

    /** Tells the planner to read a table by one of its indexes; empty where it needs no telling. */
    String index(String name) {
        return "";
    }

    /** An event id as a parameter. */
    public Object id(UUID id) {
        return id;
    }

    /** The {@link Types} of {@link #id(UUID)}, for one that may be null. */
    int idType() {
        return Types.OTHER;
    }

    /** A time as a parameter. */
    public Object time(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    /** An event id in a row. */
    public UUID id(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    /** A time in a row. */
    public @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /**
     * Inserts a row unless there is one with its key. Waits for a transaction that is inserting the same.
     *
     * @return false if there is one
     * @throws ConcurrencyFailureException if the database has ended the wait: after its lock time-out, or in favour of another one that was waiting as well
     */
    public boolean insertUnlessThere(JdbcClient jdbc, String insert, Map<String, ?> parameters) {
        try {
            return jdbc.sql(insert).params(parameters).update() == 1;
        } catch (DuplicateKeyException e) {
            return false;
        } catch (DataAccessException e) {
            if (e instanceof ConcurrencyFailureException || !isConcurrencyFailure(e)) throw e;
            throw new CannotAcquireLockException("The database has ended the wait for another transaction.", e);
        }
    }

    /** Runs what changes the schema while no other instance does, on the connection of the current transaction. */
    abstract <T> T exclusively(JdbcTemplate jdbc, String name, Supplier<T> work);

    /** An expression for the schema in which a connection finds tables without being told one; it is null when there is none. */
    String currentSchema() {
        return "current_schema";
    }

    /** Whether a table is there; it is called as the scripts call it. */
    boolean exists(JdbcTemplate jdbc, OutboxTables names, String table) {
        String sql = """
                SELECT count(*) FROM information_schema.tables
                WHERE lower(table_schema) = lower(coalesce(?, %s)) AND lower(table_name) = ?
                """.formatted(currentSchema());
        Long tables = jdbc.queryForObject(sql, Long.class, names.schema(), names.prefixed(table));
        return tables != null && tables > 0;
    }

    /** Whether the database tells how large a table is. */
    boolean tellsSize() {
        return true;
    }

    /** How large a table is; it is called as the scripts call it. Null where the database does not tell. */
    TableState.@Nullable Size size(JdbcTemplate jdbc, OutboxTables names, String table) {
        return null;
    }

    static TableState.Size size(ResultSet row) throws SQLException {
        return new TableState.Size(row.getLong("bytes"), row.getObject("number", Long.class));
    }

    /** What a user needs to see a schema. */
    String schemaPrivilege() {
        return "a privilege";
    }

    /** Why a connection may have no current schema. */
    String noCurrentSchema() {
        return "the JDBC URL names none";
    }

    /** What to do when a connection has no current schema. */
    String currentSchemaRemedy() {
        return "Name one in the JDBC URL";
    }

    /** Whether the database takes no writes. */
    boolean isReadOnly(SQLException e) {
        return READ_ONLY.equals(e.getSQLState());
    }

    /** Whether the database has given up because of others: doing the same again may succeed. */
    final boolean isConcurrencyFailure(DataAccessException e) {
        return e instanceof ConcurrencyFailureException
                || e.getCause() instanceof SQLException cause && isConcurrencyFailure(cause);
    }

    /** Whether the database has given up because of others, in a way that Spring does not recognise: doing the same again may succeed. */
    boolean isConcurrencyFailure(SQLException e) {
        return false;
    }
}
