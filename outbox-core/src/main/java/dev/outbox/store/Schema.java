package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
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
 * {@link #verify()} knows what is there however it came there.
 */
public final class Schema {
    private final DataSource dataSource;
    private final JdbcTemplate jdbc;
    private final String name;
    private final List<String> scripts;
    private final List<String> tables;

    /**
     * @param name {@code outbox} or {@code inbox}: the folder of the scripts, the prefix of the version table, and of the properties
     * @param scripts the file names of the scripts, oldest first; as many as the schema has versions
     * @param tables what has to exist when they have run
     */
    public Schema(DataSource dataSource, String name, List<String> scripts, List<String> tables) {
        this.dataSource = dataSource;
        this.jdbc = new JdbcTemplate(dataSource);
        this.name = name;
        this.scripts = List.copyOf(scripts);
        this.tables = List.copyOf(tables);
    }

    /** The publisher's and the relay's tables. */
    public static Schema outbox(DataSource dataSource) {
        return new Schema(dataSource, "outbox", List.of("V1__outbox.sql"), List.of("outbox_events", "outbox_lanes"));
    }

    /**
     * Runs the scripts that have not run yet, all in one transaction. Several instances may call it at once: one runs them, the others
     * wait and find them done.
     *
     * @throws org.springframework.dao.DataAccessException if the database refuses, for want of a privilege for instance
     */
    public void install() {
        String folder = "dev/outbox/schema/%s/%s/"
                .formatted(name, Database.of(dataSource).folder());
        new TransactionTemplate(new DataSourceTransactionManager(dataSource)).executeWithoutResult(status -> {
            jdbc.queryForList("SELECT pg_advisory_xact_lock(hashtext('dev.outbox.schema.' || ?))", name);
            for (String script : scripts.subList(Math.min(installedVersion(), scripts.size()), scripts.size())) {
                jdbc.execute((ConnectionCallback<Boolean>) connection -> {
                    ScriptUtils.executeSqlScript(
                            connection, new EncodedResource(new ClassPathResource(folder + script), "UTF-8"));
                    return true;
                });
            }
        });
    }

    /**
     * Checks that the tables are there, in the version of this library.
     *
     * @throws OutboxConfigurationException if not; says what to do
     */
    public void verify() {
        Database.of(dataSource);
        int installed = installedVersion();
        if (installed == 0) throw missing(name + "_schema");
        if (installed < scripts.size()) {
            throw new OutboxConfigurationException(
                    "The %s tables in %s are of version %d, but this library needs version %d."
                            .formatted(name, place(), installed, scripts.size()),
                    "Run %s, or let the application do it with %s=true."
                            .formatted(location(scripts.get(installed)), property()));
        }
        if (installed > scripts.size()) {
            throw new OutboxConfigurationException(
                    "The %s tables in %s are of version %d, but this library knows only version %d."
                            .formatted(name, place(), installed, scripts.size()),
                    "Use the library version that the other instances use.");
        }
        for (String table : tables) {
            if (!exists(table)) throw missing(table);
        }
    }

    private int installedVersion() {
        if (!exists(name + "_schema")) return 0;
        Integer version = jdbc.queryForObject("SELECT max(version) FROM " + name + "_schema", Integer.class);
        return version == null ? 0 : version;
    }

    private boolean exists(String table) {
        return Boolean.TRUE.equals(jdbc.queryForObject("SELECT to_regclass(?) IS NOT NULL", Boolean.class, table));
    }

    private OutboxConfigurationException missing(String table) {
        return new OutboxConfigurationException(
                "The table %s is missing in %s.".formatted(table, place()),
                "Run %s with your migrations, or let the application create the tables with %s=true."
                        .formatted(location(scripts.get(0)), property()));
    }

    private String property() {
        return name.equals("outbox") ? "outbox.schema.initialize" : "outbox.%s.schema.initialize".formatted(name);
    }

    private String location(String script) {
        return "classpath:dev/outbox/schema/%s/%s/%s"
                .formatted(name, Database.of(dataSource).folder(), script);
    }

    private String place() {
        return String.valueOf(jdbc.execute((ConnectionCallback<String>) Schema::place));
    }

    private static String place(Connection connection) throws SQLException {
        return "schema '%s' of %s".formatted(connection.getSchema(), Database.address(connection.getMetaData()));
    }
}
