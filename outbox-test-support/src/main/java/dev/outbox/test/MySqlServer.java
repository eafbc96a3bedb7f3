package dev.outbox.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real MySQL or MariaDB server. Thread-safe. */
public final class MySqlServer extends DatabaseServer<MySqlSchema> {

    static final String USER = "root";
    static final String PASSWORD = "mysql";

    private final MySqlFlavour flavour;

    private MySqlServer(MySqlFlavour flavour, Backend backend, RunningServer server) {
        super(backend, server);
        this.flavour = flavour;
    }

    /**
     * Starts a MySQL server with temporary data on a free port.
     *
     * @throws ServerStartException if it does not start
     */
    public static MySqlServer start() {
        return start(DatabaseOptions.temporary());
    }

    /**
     * Starts a MySQL server and returns when it takes connections. A server that an earlier, killed JVM has left behind
     * in the same directory is ended first. A durable one writes a binary log as well, as in production.
     *
     * @throws ServerStartException if it does not start: the port is taken, the directory cannot be written or is in use,
     *     the machine lacks a library, or the server itself failed
     */
    public static MySqlServer start(DatabaseOptions options) {
        return start(MySqlFlavour.MYSQL, options);
    }

    /**
     * Starts a server of a flavour, under the same rules.
     *
     * @throws ServerStartException if it does not start
     */
    public static MySqlServer start(MySqlFlavour flavour, DatabaseOptions options) {
        Backend backend = ServerMode.current() == ServerMode.DOCKER
                ? inDocker(flavour, options)
                : new EmbeddedMySql(flavour, options);
        return new MySqlServer(
                flavour, backend, RunningServer.start(flavour.title(), backend, () -> answers(flavour, backend)));
    }

    @Override
    public String jdbcUrl() {
        return flavour.jdbcUrl(host(), port(), "mysql");
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
    MySqlSchema schema(String name) {
        return new MySqlSchema(flavour, name, host(), port());
    }

    @Override
    List<String> statementsFor(MySqlSchema schema) {
        String user = "'%s'@'%%'".formatted(schema.username());
        // in the name of a grant an underscore stands for any character
        String granted = schema.name().replace("_", "\\_");
        return List.of(
                "create database if not exists " + schema.name(),
                "create user if not exists %s identified by '%s'".formatted(user, schema.password()),
                "grant all on `%s`.* to %s".formatted(granted, user));
    }

    /** Everything that the server is told, wherever it runs. */
    static List<String> arguments(DatabaseOptions options) {
        Map<String, String> all = new TreeMap<>(Map.of(
                // 2: a commit is with the system, which survives the server
                "innodb_flush_log_at_trx_commit", options.durable() ? "1" : "2",
                "innodb_doublewrite", options.durable() ? "ON" : "OFF",
                "sync_binlog", options.durable() ? "1" : "0",
                "innodb_buffer_pool_size", "64M",
                "performance_schema", "OFF",
                "character_set_server", "utf8mb4",
                "max_connections", "200",
                "skip_name_resolve", "ON",
                "default_time_zone", "+00:00"));
        all.putAll(options.settings());
        List<String> arguments = new ArrayList<>(List.of("--skip-ssl"));
        if (!options.durable()) {
            arguments.add("--skip-log-bin");
        }
        all.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }

    private static Backend inDocker(MySqlFlavour flavour, DatabaseOptions options) {
        DockerServer docker = new DockerServer(flavour.title(), flavour.image(), Ports.orFree(options.port()), 3306);
        docker.keepData(options.directory(), "/var/lib/mysql");
        docker.container()
                .withEnv("MYSQL_ROOT_PASSWORD", PASSWORD)
                .withCommand(arguments(options).toArray(String[]::new));
        return docker;
    }

    private static boolean answers(MySqlFlavour flavour, Backend backend) {
        return answers(
                flavour.jdbcUrl(backend.host(), backend.port(), "mysql"),
                Map.of("user", USER, "password", PASSWORD, "connectTimeout", "2000", "socketTimeout", "5000"));
    }
}
