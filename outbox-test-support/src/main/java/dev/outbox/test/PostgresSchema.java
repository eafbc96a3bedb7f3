package dev.outbox.test;

/**
 * An empty schema of its own, so that tests that share a server do not see each other. Immutable.
 *
 * @param name the name of the schema
 * @param host the host of the server, or of a proxy before it
 * @param port the port of the server, or of a proxy before it
 */
public record PostgresSchema(String name, String host, int port) implements DatabaseSchema {

    @Override
    public String jdbcUrl() {
        return PostgresServer.jdbcUrl(host, port) + "?currentSchema=" + name;
    }

    /** The user of the server, who may do everything. */
    @Override
    public String username() {
        return PostgresServer.USER;
    }

    @Override
    public String password() {
        return PostgresServer.PASSWORD;
    }

    @Override
    public PostgresSchema through(TcpProxy proxy) {
        return new PostgresSchema(name, proxy.host(), proxy.port());
    }
}
