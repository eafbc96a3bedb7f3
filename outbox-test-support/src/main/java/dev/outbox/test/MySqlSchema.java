package dev.outbox.test;

/**
 * An empty database of its own with a user of its own, so that tests that share a server do not see each other.
 * Immutable.
 *
 * @param flavour the kind of the server
 * @param name the name of the database
 * @param host the host of the server, or of a proxy before it
 * @param port the port of the server, or of a proxy before it
 */
public record MySqlSchema(MySqlFlavour flavour, String name, String host, int port) implements DatabaseSchema {

    /** MySQL takes no longer names of users. The last part of the name is the one that differs. */
    private static final int LONGEST_USER = 32;

    @Override
    public String jdbcUrl() {
        return flavour.jdbcUrl(host, port, name);
    }

    /** A user who may do everything in this database, and nothing in others. */
    @Override
    public String username() {
        return name.substring(Math.max(0, name.length() - LONGEST_USER));
    }

    @Override
    public String password() {
        return MySqlServer.PASSWORD;
    }

    @Override
    public MySqlSchema through(TcpProxy proxy) {
        return new MySqlSchema(flavour, name, proxy.host(), proxy.port());
    }
}
