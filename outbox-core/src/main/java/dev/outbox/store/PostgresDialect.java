package dev.outbox.store;

import java.sql.SQLException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** PostgreSQL has statements of its own for nearly everything: fewer round trips, and transaction ids to wait for. */
final class PostgresDialect extends Dialect {
    /** SQL state lock_not_available, after {@code lock_timeout}. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    @Override
    LaneStore lanes(OutboxTables tables) {
        return new PostgresLaneStore(tables, this);
    }

    @Override
    BatchStore batches(OutboxTables tables, BatchRules rules) {
        return new PostgresBatchStore(tables, this, rules);
    }

    @Override
    EventStore.Insert insert(OutboxTables tables) {
        return new PostgresInsert(tables);
    }

    @Override
    public String now() {
        return "clock_timestamp()";
    }

    @Override
    public String after(String micros) {
        return "clock_timestamp() + %s * interval '1 microsecond'".formatted(micros);
    }

    /** A statement that fails would spoil the transaction. */
    @Override
    public boolean insertUnlessThere(JdbcClient jdbc, String insert, Map<String, ?> parameters) {
        return super.insertUnlessThere(jdbc, insert + " ON CONFLICT DO NOTHING", parameters);
    }

    @Override
    <T> T exclusively(JdbcTemplate jdbc, String name, Supplier<T> work) {
        jdbc.queryForList("SELECT pg_advisory_xact_lock(hashtext(?))", name);
        return work.get();
    }

    /** Finds what a statement would find, in any schema of the search path. */
    @Override
    boolean exists(JdbcTemplate jdbc, OutboxTables names, String table) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject("SELECT to_regclass(?) IS NOT NULL", Boolean.class, names.named(table)));
    }

    /** With its partitions; a table that has none is in no tree. */
    @Override
    OptionalLong size(JdbcTemplate jdbc, OutboxTables names, String table) {
        String sql = """
                SELECT coalesce(sum(pg_total_relation_size(p.relid))::bigint, pg_total_relation_size(t.id))
                FROM (SELECT ?::regclass AS id) t LEFT JOIN pg_partition_tree(t.id) p ON true
                GROUP BY t.id
                """;
        Long bytes = jdbc.queryForObject(sql, Long.class, names.named(table));
        return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
    }

    @Override
    public String deleteSome(String table, String which) {
        return "DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE %2$s))".formatted(table, which);
    }

    @Override
    public boolean hasArrays() {
        return true;
    }

    @Override
    boolean isConcurrencyFailure(SQLException e) {
        return LOCK_NOT_AVAILABLE.equals(e.getSQLState());
    }

    @Override
    String schemaPrivilege() {
        return "USAGE";
    }

    @Override
    String noCurrentSchema() {
        return "their search_path names none that exists and that this user may use";
    }

    @Override
    String currentSchemaRemedy() {
        return "Grant USAGE on it, or correct the search_path (currentSchema in the JDBC URL)";
    }
}
