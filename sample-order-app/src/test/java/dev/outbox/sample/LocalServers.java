package dev.outbox.sample;

import dev.outbox.test.DatabaseOptions;
import dev.outbox.test.KafkaOptions;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.MySqlSchema;
import dev.outbox.test.MySqlServer;
import dev.outbox.test.PostgresServer;
import dev.outbox.test.RedisOptions;
import dev.outbox.test.RedisServer;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.SpringApplicationEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts PostgreSQL, or MySQL with the profile {@code mysql}, Kafka and Redis, each only if none is configured: when all properties are known and before
 * anything needs a server. They stop after the application context is closed.
 *
 * <p>Properties: {@code sample.data-dir} (default {@code data}; relative to the module), {@code sample.postgresql-port} (default
 * 15432), {@code sample.mysql-port} (default 13306), {@code sample.kafka-port} (default 19092) and {@code sample.redis-port} (default 16379), with 0 for a free
 * port.
 */
final class LocalServers implements ApplicationListener<SpringApplicationEvent>, Ordered {
    private static final Logger log = LoggerFactory.getLogger(LocalServers.class);

    private final List<CompletableFuture<? extends AutoCloseable>> servers = new CopyOnWriteArrayList<>();
    private volatile boolean closing;

    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1; // configuration files and logging are there
    }

    @Override
    public void onApplicationEvent(SpringApplicationEvent event) {
        if (event instanceof ApplicationEnvironmentPreparedEvent prepared) start(prepared.getEnvironment());
        if (closing) goNoFurther();
    }

    private void start(ConfigurableEnvironment environment) {
        Path data = dataDirectory(environment);
        preferEmbedded(environment);
        // Spring's own hook, which runs after all contexts are closed: hooks of the JVM would run at the same time.
        SpringApplication.getShutdownHandlers().add(this::close);
        CompletableFuture<Map<String, Object>> database =
                isSet(environment, "spring.datasource.url") ? none() : database(environment, data);
        CompletableFuture<Map<String, Object>> kafka = isSet(environment, "spring.kafka.bootstrap-servers")
                ? none()
                : kafka(data, port(environment, "kafka", 19092));
        CompletableFuture<Map<String, Object>> redis =
                isRedisSet(environment) ? none() : redis(data, port(environment, "redis", 16379));
        use(environment, "local-database", database);
        use(environment, "local-kafka", kafka);
        use(environment, "local-redis", redis);
    }

    /** Without Docker, even where there is one: it is faster, and the data are in a folder. There are none for Windows. */
    private static void preferEmbedded(ConfigurableEnvironment environment) {
        boolean chosen = environment.containsProperty("outbox.test.servers");
        if (!chosen && File.separatorChar == '/') System.setProperty("outbox.test.servers", "embedded");
    }

    private CompletableFuture<Map<String, Object>> database(ConfigurableEnvironment environment, Path data) {
        return environment.matchesProfiles("mysql")
                ? mysql(data, port(environment, "mysql", 13306))
                : postgresql(data, port(environment, "postgresql", 15432));
    }

    private CompletableFuture<Map<String, Object>> mysql(Path data, int port) {
        return start(() -> MySqlServer.start(
                        DatabaseOptions.in(data.resolve("mysql")).withPort(port)))
                .thenApply(server -> {
                    MySqlSchema shop = server.schemaNamed("shop");
                    return database(shop.jdbcUrl(), shop.username(), shop.password(), data);
                });
    }

    private CompletableFuture<Map<String, Object>> postgresql(Path data, int port) {
        return start(() -> PostgresServer.start(
                        DatabaseOptions.in(data.resolve("postgresql")).withPort(port)))
                .thenApply(server -> database(server.jdbcUrl(), server.username(), server.password(), data));
    }

    private static Map<String, Object> database(String url, String username, String password, Path data) {
        return Map.of(
                "spring.datasource.url", url,
                "spring.datasource.username", username,
                "spring.datasource.password", password,
                "sample.guide.database", "embedded",
                "sample.guide.data", data.toString());
    }

    private CompletableFuture<Map<String, Object>> kafka(Path data, int port) {
        return start(() ->
                        KafkaServer.start(KafkaOptions.in(data.resolve("kafka")).withPort(port)))
                .thenApply(server -> Map.of(
                        "spring.kafka.bootstrap-servers", server.bootstrapServers(),
                        "sample.guide.kafka", "embedded",
                        "sample.guide.data", data.toString()));
    }

    /** It keeps nothing: what is in it is in the database as well. */
    private CompletableFuture<Map<String, Object>> redis(Path data, int port) {
        return start(() -> RedisServer.start(
                        RedisOptions.in(data.resolve("redis")).withPort(port).withSetting("save", "")))
                .thenApply(server -> Map.of(
                        "spring.data.redis.host", server.host(),
                        "spring.data.redis.port", server.port(),
                        "sample.guide.redis", "embedded"));
    }

    private <S extends AutoCloseable> CompletableFuture<S> start(Supplier<S> start) {
        CompletableFuture<S> server = CompletableFuture.supplyAsync(start, task -> new Thread(task, "start").start());
        servers.add(server);
        return server;
    }

    private static CompletableFuture<Map<String, Object>> none() {
        return CompletableFuture.completedFuture(Map.of());
    }

    private static void use(
            ConfigurableEnvironment environment, String name, CompletableFuture<Map<String, Object>> properties) {
        try {
            environment.getPropertySources().addFirst(new MapPropertySource(name, properties.join()));
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Waits for servers that are still starting, so that none is left behind. */
    private void close() {
        closing = true;
        List.copyOf(servers).parallelStream().forEach(LocalServers::close);
    }

    private static void close(CompletableFuture<? extends AutoCloseable> starting) {
        try (AutoCloseable server = starting.get(10, TimeUnit.SECONDS)) {
            log.debug("Stopping {}.", server);
        } catch (Exception e) {
            // a server that has not started, which was reported; one that does not stop ends with this process
            log.debug("Not stopped in order.", e);
        }
    }

    /** This process is ending, and will not wait for this thread. Nothing is to be started with servers that are stopping. */
    private static void goNoFurther() {
        while (true) LockSupport.park();
    }

    private static boolean isSet(ConfigurableEnvironment environment, String property) {
        return Binder.get(environment)
                .bind(property, Bindable.listOf(String.class))
                .isBound();
    }

    private static boolean isRedisSet(ConfigurableEnvironment environment) {
        return Stream.of("host", "url", "sentinel.nodes", "cluster.nodes")
                .anyMatch(property -> isSet(environment, "spring.data.redis." + property));
    }

    private static int port(ConfigurableEnvironment environment, String server, int otherwise) {
        return environment.getProperty("sample." + server + "-port", Integer.class, otherwise);
    }

    private static Path dataDirectory(ConfigurableEnvironment environment) {
        return module().resolve(environment.getProperty("sample.data-dir", "data"))
                .normalize();
    }

    /** The module's folder, by way of its target/test-classes: an IDE may start in another folder than Maven does. */
    private static Path module() {
        try {
            Path classes = Path.of(LocalServers.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return classes.resolve("../..").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
