package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** The database products whose SQL we speak. */
public enum Database {
    POSTGRESQL("PostgreSQL", "13", new PostgresDialect()),
    MYSQL("MySQL", "8.0.17", new MySqlDialect()),
    MARIADB("MariaDB", "10.6", new MySqlDialect()),
    H2("H2", "2.2", new H2Dialect());

    /** MariaDB put 5.5.5 before its own version for a long time, for the sake of old clients. */
    private static final Pattern VERSION = Pattern.compile("(?:5\\.5\\.5-)?(\\d+(?:\\.\\d+)*)");

    private final String product;
    private final String oldest;
    private final Dialect dialect;

    Database(String product, String oldest, Dialect dialect) {
        this.product = product;
        this.oldest = oldest;
        this.dialect = dialect;
    }

    /**
     * The product behind a data source.
     *
     * @throws OutboxConfigurationException if it cannot be reached, is none of ours, or is too old
     */
    public static Database of(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            return of(connection.getMetaData());
        } catch (SQLException e) {
            throw new OutboxConfigurationException(
                    "The outbox cannot reach its database: %s.".formatted(e.getMessage()),
                    "Check that the server runs and that the data source's URL, user and password are right.",
                    e);
        }
    }

    private static Database of(DatabaseMetaData metaData) throws SQLException {
        String version = metaData.getDatabaseProductVersion();
        // MySQL's driver calls every server MySQL.
        String name = version.contains(MARIADB.product) ? MARIADB.product : metaData.getDatabaseProductName();
        for (Database database : values()) {
            if (!database.product.equals(name)) continue;
            if (Arrays.compare(numbers(version), numbers(database.oldest)) >= 0) return database;
            throw new OutboxConfigurationException(
                    "The outbox needs %s %s or later, but %s is version %s."
                            .formatted(name, database.oldest, address(metaData), version),
                    "Update the database server.");
        }
        throw new OutboxConfigurationException(
                "The outbox does not know the database '%s' at %s.".formatted(name, address(metaData)),
                "Use %s, or switch the outbox off with outbox.enabled=false."
                        .formatted(Arrays.stream(values())
                                .map(database -> "%s %s".formatted(database.product, database.oldest))
                                .collect(Collectors.joining(", ", "", " or later"))));
    }

    /** The numbers of a version, of which there may be text around. */
    private static int[] numbers(String version) {
        Matcher numbers = VERSION.matcher(version);
        if (!numbers.find()) return new int[0];
        return Arrays.stream(numbers.group(1).split("\\."))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    Dialect dialect() {
        return dialect;
    }

    /** The JDBC URL without its parameters, which may hold a password. */
    static String address(DatabaseMetaData metaData) throws SQLException {
        return metaData.getURL().replaceFirst("[?;].*", "");
    }

    /** Its name in the paths of schema scripts. */
    String folder() {
        return product.toLowerCase(Locale.ROOT);
    }
}
