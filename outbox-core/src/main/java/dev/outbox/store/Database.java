package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;

/** The database products whose SQL we speak. */
public enum Database {
    POSTGRESQL("PostgreSQL", 13);

    private final String product;
    private final int oldest;

    Database(String product, int oldest) {
        this.product = product;
        this.oldest = oldest;
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
        String name = metaData.getDatabaseProductName();
        for (Database database : values()) {
            if (!database.product.equals(name)) continue;
            if (metaData.getDatabaseMajorVersion() >= database.oldest) return database;
            throw new OutboxConfigurationException(
                    "The outbox needs %s %d or later, but %s is version %s."
                            .formatted(name, database.oldest, address(metaData), metaData.getDatabaseProductVersion()),
                    "Update the database server.");
        }
        throw new OutboxConfigurationException(
                "The outbox does not know the database '%s' at %s.".formatted(name, address(metaData)),
                "Use PostgreSQL 13 or later, or switch the outbox off with outbox.enabled=false.");
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
