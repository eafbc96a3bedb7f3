package dev.outbox.test;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** An empty place for tables of its own, so that tests that share a server do not see each other. */
public sealed interface DatabaseSchema permits PostgresSchema, MySqlSchema {

    /** The name of the schema. */
    String name();

    /** The host under which clients reach the server, or a proxy before it. */
    String host();

    /** The port on that host. */
    int port();

    /** A JDBC URL whose connections find this schema's tables without naming it. */
    String jdbcUrl();

    /** A user who may do everything in this schema. */
    String username();

    /** The password of the user. */
    String password();

    /** The same schema, reached through a proxy. */
    DatabaseSchema through(TcpProxy proxy);

    /**
     * Opens a connection, which the caller closes.
     *
     * @throws SQLException if the server cannot be reached
     */
    default Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), username(), password());
    }
}
