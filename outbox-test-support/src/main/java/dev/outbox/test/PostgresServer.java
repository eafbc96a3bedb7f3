package dev.outbox.test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real PostgreSQL server. Thread-safe. */
public final class PostgresServer extends DatabaseServer<PostgresSchema> {

    static final String USER = "postgres";
    static final String PASSWORD = "postgres";
    private static final String NAME = "PostgreSQL";

    private PostgresServer(Backend backend, RunningServer server) {
        super(backend, server);
    }

    /**
     * Starts a server with temporary data on a free port.
     *
     * @throws ServerStartException if it does not start
     */
    public static PostgresServer start() {
        return start(DatabaseOptions.temporary());
    }

    /**
     * Starts a server and returns when it takes connections. A server that an earlier, killed JVM has left behind in the
     * same directory is ended first.
     *
     * @throws ServerStartException if it does not start: the port is taken, the directory cannot be written or is in use,
     *     or the server itself failed
     */
    public static PostgresServer start(DatabaseOptions options) {
        Backend backend = ServerMode.current() == ServerMode.DOCKER ? inDocker(options) : new EmbeddedPostgres(options);
        return new PostgresServer(backend, RunningServer.start(NAME, backend, () -> answers(backend)));
    }

    @Override
    public String jdbcUrl() {
        return jdbcUrl(host(), port());
    }

    @Override
    public String username() {
        return USER;
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    PostgresSchema schema(String name) {
        return new PostgresSchema(name, host(), port());
    }

    @Override
    List<String> statementsFor(PostgresSchema schema) {
        return List.of("create schema if not exists " + schema.name());
    }

    static String jdbcUrl(String host, int port) {
        return "jdbc:postgresql://%s:%d/postgres".formatted(host, port);
    }

    /** Everything that the server is told, by name. */
    static Map<String, String> settings(DatabaseOptions options) {
        String durability = options.durable() ? "on" : "off";
        Map<String, String> all = new TreeMap<>(Map.of(
                "fsync", durability,
                "full_page_writes", durability,
                "synchronous_commit", "on",
                "max_connections", "200",
                "timezone", "UTC",
                "log_timezone", "UTC"));
        all.putAll(options.settings());
        return all;
    }

    private static Backend inDocker(DatabaseOptions options) {
        DockerServer docker = new DockerServer(NAME, "postgres:17-alpine", Ports.orFree(options.port()), 5432);
        docker.keepData(options.directory(), "/var/lib/postgresql/data");
        StringBuilder command = new StringBuilder("postgres");
        settings(options)
                .forEach((name, value) ->
                        command.append(" -c ").append(name).append('=').append(value));
        docker.container().withEnv("POSTGRES_PASSWORD", PASSWORD).withCommand(command.toString());
        return docker;
    }

    private static boolean answers(Backend backend) {
        return answers(
                jdbcUrl(backend.host(), backend.port()),
                Map.of("user", USER, "password", PASSWORD, "connectTimeout", "2", "socketTimeout", "5"));
    }
}
