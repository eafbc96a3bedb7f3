package dev.outbox.test;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * A real PostgreSQL server that tests can kill, pause and restart. It keeps its address and its contents over that.
 *
 * <p>A server that nobody closes ends when this JVM is gone, and so does its temporary data. Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {

    static final String USER = "postgres";
    static final String PASSWORD = "postgres";
    private static final String NAME = "PostgreSQL";
    private static final String PREFIX = "[a-z][a-z0-9_]{0,39}";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Backend backend;
    private final RunningServer server;

    private PostgresServer(Backend backend, RunningServer server) {
        this.backend = backend;
        this.server = server;
    }

    /**
     * Starts a server with temporary data on a free port.
     *
     * @throws ServerStartException if it does not start
     */
    public static PostgresServer start() {
        return start(PostgresOptions.temporary());
    }

    /**
     * Starts a server and returns when it takes connections. A server that an earlier, killed JVM has left behind in the
     * same directory is ended first.
     *
     * @throws ServerStartException if it does not start: the port is taken, the directory cannot be written or is in use,
     *     or the server itself failed
     */
    public static PostgresServer start(PostgresOptions options) {
        Backend backend = ServerMode.current() == ServerMode.DOCKER ? inDocker(options) : new EmbeddedPostgres(options);
        return new PostgresServer(backend, RunningServer.start(NAME, backend, () -> answers(backend)));
    }

    /** The host under which clients reach the server. */
    public String host() {
        return backend.host();
    }

    /** The port of the server on {@link #host()}. */
    public int port() {
        return backend.port();
    }

    /** The JDBC URL of the server's database. */
    public String jdbcUrl() {
        return jdbcUrl(host(), port());
    }

    /** The user of the server, who may do everything. */
    public String username() {
        return USER;
    }

    /** The password of the user. */
    public String password() {
        return PASSWORD;
    }

    /**
     * Creates an empty schema that no other test uses.
     *
     * @param prefix the first part of its name: a small letter, then small letters, digits and underscores, up to 40
     * @throws IllegalArgumentException if the prefix is something else
     * @throws IllegalStateException if the server does not answer
     */
    public PostgresSchema createSchema(String prefix) {
        if (!prefix.matches(PREFIX)) {
            throw new IllegalArgumentException("prefix must match " + PREFIX + ", not '" + prefix + "'");
        }
        String name = prefix + "_" + Integer.toUnsignedString(RANDOM.nextInt(), 36);
        try (Connection connection = DriverManager.getConnection(jdbcUrl(), USER, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("create schema " + name);
            return new PostgresSchema(name, host(), port());
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create the schema " + name, e);
        }
    }

    /**
     * Ends the server and all its processes with SIGKILL, and returns when they are gone.
     *
     * @throws IllegalStateException if it is not running
     */
    public void kill() {
        server.kill();
    }

    /**
     * Stops all processes of the server with SIGSTOP. Its connections stay open and nothing answers.
     *
     * @throws IllegalStateException if it is not running
     */
    public void pause() {
        server.pause();
    }

    /** Lets a paused server go on. Does nothing otherwise. */
    public void resume() {
        server.resume();
    }

    /** Ends the server in order; {@link #restart()} brings it back. Does nothing when it is not running. */
    public void stop() {
        server.stop();
    }

    /**
     * Starts the server again, with the same contents under the same address. Stops it before when it is running.
     *
     * @throws ServerStartException if it does not start
     */
    public void restart() {
        server.restart();
    }

    /** Whether the server's processes exist; true for a paused one as well. */
    public boolean isRunning() {
        return server.isRunning();
    }

    /** Ends the server in order and deletes temporary data. Does nothing the second time. */
    @Override
    public void close() {
        server.close();
    }

    static String jdbcUrl(String host, int port) {
        return "jdbc:postgresql://%s:%d/postgres".formatted(host, port);
    }

    private static Backend inDocker(PostgresOptions options) {
        DockerServer docker = new DockerServer(NAME, "postgres:17-alpine", Ports.orFree(options.port()), 5432);
        docker.keepData(options.directory(), "/var/lib/postgresql/data");
        StringBuilder command = new StringBuilder("postgres");
        options.allSettings()
                .forEach((name, value) ->
                        command.append(" -c ").append(name).append('=').append(value));
        docker.container().withEnv("POSTGRES_PASSWORD", PASSWORD).withCommand(command.toString());
        return docker;
    }

    private static boolean answers(Backend backend) {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", PASSWORD);
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("socketTimeout", "5");
        try (Connection connection = DriverManager.getConnection(jdbcUrl(backend.host(), backend.port()), properties)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }
}
