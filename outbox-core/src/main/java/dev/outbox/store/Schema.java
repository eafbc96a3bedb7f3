package dev.outbox.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.OutboxConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.EncodedResource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ScriptUtils;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A set of tables with a version, created by the scripts {@code dev/outbox/schema/NAME/DATABASE/Vn__*.sql} on the class path: by
 * {@link #install()}, by Flyway, or by hand. Each script writes its version into the table {@code NAME_schema}, so that
 * {@link #verify()} knows what is there however it came there. All names are those of {@link OutboxTables}.
 */
public final class Schema {
    private final OutboxTables names;
    private final DataSource dataSource;
    private final JdbcTemplate jdbc;
    private final String name;
    private final List<String> scripts;
    private final List<String> tables;
    private final Consumer<OutboxTables> creation;
    private volatile @Nullable Database database;

    /**
     * @param names where the tables are to be and what they are to be called
     * @param name {@code outbox} or {@code inbox}: the folder of the scripts, the prefix of the version table in them, and of the properties
     * @param scripts the file names of the scripts, oldest first; as many as the schema has versions
     * @param tables what has to exist when they have run, as the scripts call it
     */
    public Schema(OutboxTables names, String name, List<String> scripts, List<String> tables) {
        this(names, name, scripts, tables, created -> {});
    }

    private Schema(
            OutboxTables names,
            String name,
            List<String> scripts,
            List<String> tables,
            Consumer<OutboxTables> creation) {
        this.names = names;
        this.dataSource = names.dataSource();
        this.jdbc = new JdbcTemplate(dataSource);
        this.name = name;
        this.scripts = List.copyOf(scripts);
        this.tables = List.copyOf(tables);
        this.creation = creation;
    }

    /** The tables of publishers, relays and operators, with {@link Lanes#DEFAULT}. */
    public static Schema outbox(OutboxTables names) {
        return outbox(names, Lanes.DEFAULT);
    }

    /**
     * The tables of publishers, relays and operators.
     *
     * @param lanes how many to make when {@link #install()} creates the tables
     */
    public static Schema outbox(OutboxTables names, Lanes lanes) {
        return outbox(
                names,
                lanes,
                List.of(
                        "outbox_events",
                        "outbox_lanes",
                        "outbox_archived_events",
                        "outbox_pauses",
                        "outbox_shedlock",
                        "outbox_audit",
                        "outbox_replays",
                        "outbox_replay_key"));
    }

    /**
     * The same tables, of which {@link #verify()} looks for those that publishing uses: MySQL and MariaDB show a table only to those who have a privilege on it, and a publisher needs none on the others.
     *
     * @param lanes how many to make when {@link #install()} creates the tables
     */
    public static Schema publisher(OutboxTables names, Lanes lanes) {
        return outbox(names, lanes, List.of("outbox_events", "outbox_lanes"));
    }

    private static Schema outbox(OutboxTables names, Lanes lanes, List<String> tables) {
        return new Schema(names, "outbox", List.of("V1__outbox.sql"), tables, lanes::create);
    }

    /**
     * Runs the scripts that have not run yet, all in one transaction. Several instances may call it at once: one runs them, the others
     * wait and find them done.
     *
     * @throws OutboxConfigurationException if the schema of the database is missing in which the tables are to be
     * @throws org.springframework.dao.DataAccessException if the database refuses, for want of a privilege for instance
     */
    public void install() {
        Database database = database();
        requireDatabaseSchema();
        new TransactionTemplate(new DataSourceTransactionManager(dataSource))
                .execute(status ->
                        database.dialect().exclusively(jdbc, "dev.outbox.schema." + name, () -> install(database)));
    }

    private int install(Database database) {
        int installed = version();
        for (String script : scripts.subList(Math.min(installed, scripts.size()), scripts.size())) {
            jdbc.execute((ConnectionCallback<Boolean>) connection -> {
                ScriptUtils.executeSqlScript(connection, new EncodedResource(renamed(path(database, script)), UTF_8));
                return true;
            });
        }
        if (installed == 0) creation.accept(names);
        return installed;
    }

    /**
     * Checks that the tables are there, in the version of this library.
     *
     * @throws OutboxConfigurationException if not; says what to do
     */
    public void verify() {
        requireDatabaseSchema();
        int installed = version();
        if (installed == 0) throw missing(name + "_schema");
        if (installed < scripts.size()) {
            throw new OutboxConfigurationException(
                    "The %s tables in %s are of version %d, but this library needs version %d."
                            .formatted(name, place(), installed, scripts.size()),
                    "Run %s, or let the application do it with %s=true."
                            .formatted(location(scripts.get(installed)), property("initialize")));
        }
        if (installed > scripts.size()) {
            throw new OutboxConfigurationException(
                    "The %s tables in %s are of version %d, but this library knows only version %d."
                            .formatted(name, place(), installed, scripts.size()),
                    "Use the library version that the other instances use.");
        }
        for (String table : tables) {
            if (!exists(table)) throw missingAmongOthers(table, installed);
        }
    }

    /** The version of the tables that are there, which is the number of the last script; 0 if there are none. */
    public int version() {
        if (!exists(name + "_schema")) return 0;
        Integer version =
                jdbc.queryForObject("SELECT max(version) FROM " + names.named(name + "_schema"), Integer.class);
        return version == null ? 0 : version;
    }

    private boolean exists(String table) {
        return dialect().exists(jdbc, names, table);
    }

    /** Asked for once, and before a transaction: a pool may have a single connection. */
    private Database database() {
        Database known = database;
        if (known == null) database = known = Database.of(dataSource);
        return known;
    }

    private Dialect dialect() {
        return database().dialect();
    }

    private OutboxConfigurationException missing(String table) {
        return new OutboxConfigurationException(
                "The table %s is missing in %s.".formatted(names.prefixed(table), place()),
                "Run %s with your migrations, or let the application create the tables with %s=true."
                        .formatted(location(scripts.get(0)), property("initialize")));
    }

    private OutboxConfigurationException missingAmongOthers(String table, int installed) {
        return new OutboxConfigurationException(
                "The table %s is missing in %s, although the %s tables there are of version %d."
                        .formatted(names.prefixed(table), place(), name, installed),
                "Create it as %s does, or grant this user what it needs on it: MySQL and MariaDB show a table only to those who have a privilege on it."
                        .formatted(location(scripts.get(0))));
    }

    private void requireDatabaseSchema() {
        String schema = names.schema();
        if (schema == null) requireCurrentSchema();
        if (schema == null || visible(schema)) return;
        throw new OutboxConfigurationException(
                "The database schema '%s' does not exist in %s, or this user may not use it."
                        .formatted(schema, address()),
                "Create it or grant %s on it, or correct %s."
                        .formatted(dialect().schemaPrivilege(), property("name")));
    }

    private void requireCurrentSchema() {
        if (currentSchema() != null) return;
        throw new OutboxConfigurationException(
                "The connections to %s have no current schema: %s."
                        .formatted(address(), dialect().noCurrentSchema()),
                "%s, or set %s.".formatted(dialect().currentSchemaRemedy(), property("name")));
    }

    private @Nullable String currentSchema() {
        return jdbc.queryForObject("SELECT " + dialect().currentSchema(), String.class);
    }

    private boolean visible(String schema) {
        String sql = "SELECT count(*) FROM information_schema.schemata WHERE lower(schema_name) = ?";
        Long schemas = jdbc.queryForObject(sql, Long.class, schema);
        return schemas != null && schemas > 0;
    }

    private String property(String key) {
        return name.equals("outbox") ? "outbox.schema." + key : "outbox.%s.schema.%s".formatted(name, key);
    }

    /** Where the scripts for this database are, as Flyway is told it: {@code classpath:dev/outbox/schema/NAME/DATABASE}. */
    public String folder() {
        return "classpath:" + path(database());
    }

    private String path(Database database) {
        return "dev/outbox/schema/%s/%s".formatted(name, database.folder());
    }

    private String path(Database database, String script) {
        return path(database) + "/" + script;
    }

    private ByteArrayResource renamed(String path) {
        try {
            String script = new ClassPathResource(path).getContentAsString(UTF_8);
            return new ByteArrayResource(names.named(script).getBytes(UTF_8), path);
        } catch (IOException e) {
            throw new UncheckedIOException("The script " + path + " is missing on the class path.", e);
        }
    }

    /** What to run, and what has to be changed in it first. */
    private String location(String script) {
        List<String> changes = new ArrayList<>();
        if (!names.prefix().equals(name + "_")) changes.add("with the prefix %s".formatted(names.prefix()));
        if (names.schema() != null) changes.add("in the schema %s".formatted(names.schema()));
        String location = "classpath:" + path(database(), script);
        return changes.isEmpty() ? location : location + " (" + String.join(", ", changes) + ")";
    }

    private String place() {
        String schema = names.schema() == null ? currentSchema() : names.schema();
        return "schema '%s' of %s".formatted(schema, address());
    }

    private String address() {
        return String.valueOf(
                jdbc.execute((ConnectionCallback<String>) connection -> Database.address(connection.getMetaData())));
    }
}
