package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Where the tables are and what they are called. Statements and scripts are written with the names {@code outbox_…} and {@code inbox_…}; this
 * puts the names in that the tables have here.
 *
 * @param dataSource on which database
 * @param schema in which schema of the database, which has to exist; null for the current schema of each connection
 * @param prefix what their names begin with instead of {@code outbox_} or {@code inbox_}, at most {@value #MAX_PREFIX} characters
 */
public record OutboxTables(DataSource dataSource, @Nullable String schema, String prefix) {
    /** What the names of the publisher's and the relay's tables begin with unless something else is said. */
    public static final String DEFAULT_PREFIX = "outbox_";

    /** PostgreSQL cuts names after 63 characters; this leaves 33 for what follows the prefix. */
    static final int MAX_PREFIX = 30;

    private static final int MAX_SCHEMA = 63;
    private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]*");

    /** An index or a constraint is created without a schema: it is in that of its table. */
    private static final Pattern NAME = Pattern.compile(
            "((?:CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?|CONSTRAINT ))?\\b(?:outbox|inbox)_(\\w+)");

    /** @throws OutboxConfigurationException if a name is none that needs no quotes, or is too long */
    public OutboxTables {
        if (schema != null) check("database schema", "name", schema, MAX_SCHEMA);
        check("table prefix", "table-prefix", prefix, MAX_PREFIX);
    }

    /** The tables of the outbox under their own names, in the current schema of each connection. */
    public static OutboxTables of(DataSource dataSource) {
        return new OutboxTables(dataSource, null, DEFAULT_PREFIX);
    }

    private static void check(String what, String property, String name, int length) {
        if (IDENTIFIER.matcher(name).matches() && name.length() <= length) return;
        throw new OutboxConfigurationException(
                "The %s '%s' is not a name of at most %d of the characters a-z, 0-9 and _, beginning with none of the digits."
                        .formatted(what, name, length),
                "Correct outbox.schema.%s, or outbox.inbox.schema.%s if it is the inbox's."
                        .formatted(property, property));
    }

    /** A client in whose statements the names are replaced, once for each statement. */
    public JdbcClient jdbc() {
        return jdbc(new JdbcTemplate(dataSource));
    }

    JdbcClient jdbc(JdbcTemplate template) {
        JdbcClient client = JdbcClient.create(template);
        Map<String, String> known = new ConcurrentHashMap<>();
        return statement -> client.sql(known.computeIfAbsent(statement, this::named));
    }

    /** A statement, a script or a single name, with the names that the tables have here. */
    public String named(String sql) {
        return named(sql, (schema == null ? "" : schema + ".") + prefix);
    }

    /** The name of a table without its schema. */
    String prefixed(String table) {
        return named(table, prefix);
    }

    private String named(String sql, String qualified) {
        return NAME.matcher(sql).replaceAll(name -> {
            String before = name.group(1);
            return before == null ? qualified + name.group(2) : before + prefix + name.group(2);
        });
    }
}
