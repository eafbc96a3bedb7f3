package dev.outbox.test;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A real database server that tests can kill, pause and restart. It keeps its address and its contents over that.
 *
 * <p>A server that nobody closes ends when this JVM is gone, and so does its temporary data. Thread-safe.
 *
 * @param <S> what keeps the tests that share the server apart
 */
public abstract sealed class DatabaseServer<S extends DatabaseSchema> implements AutoCloseable
        permits PostgresServer, MySqlServer {

    private static final String PREFIX = "[a-z][a-z0-9_]{0,39}";
    private static final String NAME = "[a-z][a-z0-9_]{0,47}";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Backend backend;
    private final RunningServer server;

    DatabaseServer(Backend backend, RunningServer server) {
        this.backend = backend;
        this.server = server;
    }

    /** The host under which clients reach the server. */
    public final String host() {
        return backend.host();
    }

    /** The port of the server on {@link #host()}. */
    public final int port() {
        return backend.port();
    }

    /** The JDBC URL of the server, for its {@link #username()}. */
    public abstract String jdbcUrl();

    /** The user of the server, who may do everything. */
    public abstract String username();

    /** The password of the user. */
    public abstract String password();

    /** A schema of this server by its name, which may or may not exist. */
    abstract S schema(String name);

    /** What creates a schema unless it is there. */
    abstract List<String> statementsFor(S schema);

    /**
     * Creates an empty schema that no other test uses.
     *
     * @param prefix the first part of its name: a small letter, then small letters, digits and underscores, up to 40
     * @throws IllegalArgumentException if the prefix is something else
     * @throws IllegalStateException if the server does not answer
     */
    public final S createSchema(String prefix) {
        if (!prefix.matches(PREFIX)) {
            throw new IllegalArgumentException("prefix must match " + PREFIX + ", not '" + prefix + "'");
        }
        return schemaNamed(prefix + "_" + Integer.toUnsignedString(RANDOM.nextInt(), 36));
    }

    /**
     * A schema of a name of one's own, for a server that keeps its data. Creates it unless it is there.
     *
     * @param name a small letter, then small letters, digits and underscores, up to 48
     * @throws IllegalArgumentException if the name is something else
     * @throws IllegalStateException if the server does not answer
     */
    public final S schemaNamed(String name) {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException("name must match " + NAME + ", not '" + name + "'");
        }
        S schema = schema(name);
        try (Connection connection = DriverManager.getConnection(jdbcUrl(), username(), password());
                Statement statement = connection.createStatement()) {
            for (String sql : statementsFor(schema)) {
                statement.execute(sql);
            }
            return schema;
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create the schema " + schema.name(), e);
        }
    }

    /**
     * Ends the server and all its processes with SIGKILL, and returns when they are gone.
     *
     * @throws IllegalStateException if it is not running
     */
    public final void kill() {
        server.kill();
    }

    /**
     * Stops all processes of the server with SIGSTOP. Its connections stay open and nothing answers.
     *
     * @throws IllegalStateException if it is not running
     */
    public final void pause() {
        server.pause();
    }

    /** Lets a paused server go on. Does nothing otherwise. */
    public final void resume() {
        server.resume();
    }

    /** Ends the server in order; {@link #restart()} brings it back. Does nothing when it is not running. */
    public final void stop() {
        server.stop();
    }

    /**
     * Starts the server again, with the same contents under the same address. Stops it before when it is running.
     *
     * @throws ServerStartException if it does not start
     */
    public final void restart() {
        server.restart();
    }

    /** Whether the server's processes exist; true for a paused one as well. */
    public final boolean isRunning() {
        return server.isRunning();
    }

    /** Ends the server in order and deletes temporary data. Does nothing the second time. */
    @Override
    public final void close() {
        server.close();
    }

    /** Whether a server takes connections with these properties of its driver. */
    static boolean answers(String jdbcUrl, Map<String, String> properties) {
        Properties all = new Properties();
        all.putAll(properties);
        try (Connection connection = DriverManager.getConnection(jdbcUrl, all)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }
}
