package dev.outbox.test;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * An empty schema of its own, so that tests that share a server do not see each other. Immutable.
 *
 * @param name the name of the schema
 * @param host the host of the server, or of a proxy before it
 * @param port the port of the server, or of a proxy before it
 */
public record PostgresSchema(String name, String host, int port) {

    /** A JDBC URL whose connections find this schema's tables without naming it. */
    public String jdbcUrl() {
        return PostgresServer.jdbcUrl(host, port) + "?currentSchema=" + name;
    }

    /** The user of the server, who may do everything. */
    public String username() {
        return PostgresServer.USER;
    }

    /** The password of the user. */
    public String password() {
        return PostgresServer.PASSWORD;
    }

    /** The same schema, reached through a proxy. */
    public PostgresSchema through(TcpProxy proxy) {
        return new PostgresSchema(name, proxy.host(), proxy.port());
    }

    /**
     * Opens a connection, which the caller closes.
     *
     * @throws SQLException if the server cannot be reached
     */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), username(), password());
    }
}
