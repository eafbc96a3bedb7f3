package dev.outbox.test;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker, alone in its cluster, that tests can kill, pause and restart. It keeps its address and its
 * contents over that.
 *
 * <p>A broker that nobody closes ends when this JVM is gone, and so does its temporary data. Thread-safe.
 */
public final class KafkaServer implements AutoCloseable {

    private static final String NAME = "Kafka";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Backend backend;
    private final RunningServer server;
    private final @Nullable TcpProxy proxy;

    private KafkaServer(Backend backend, RunningServer server, @Nullable TcpProxy proxy) {
        this.backend = backend;
        this.server = server;
        this.proxy = proxy;
    }

    /**
     * Starts a broker with temporary data on a free port.
     *
     * @throws ServerStartException if it does not start
     */
    public static KafkaServer start() {
        return start(KafkaOptions.temporary());
    }

    /**
     * Starts a broker and returns when clients can use it. A broker that an earlier, killed JVM has left behind in the
     * same directory is ended first.
     *
     * @throws ServerStartException if it does not start: the port is taken, the directory cannot be written or is in use,
     *     or the broker itself failed
     */
    public static KafkaServer start(KafkaOptions options) {
        ServerMode mode = ServerMode.current();
        Integer behindProxy = options.proxied() ? Ports.free() : null;
        String host = mode == ServerMode.DOCKER ? DockerServer.dockerHost() : EmbeddedServer.HOST;
        TcpProxy proxy = behindProxy == null ? null : TcpProxy.to(host, behindProxy);
        Integer proxyPort = proxy == null ? null : proxy.port();
        try {
            Backend backend = mode == ServerMode.DOCKER
                    ? inDocker(options, behindProxy, proxyPort)
                    : new EmbeddedKafka(options, behindProxy, proxyPort);
            return new KafkaServer(
                    backend,
                    RunningServer.start(
                            NAME,
                            backend,
                            () -> mode == ServerMode.EMBEDDED || KafkaTopics.answers(bootstrapServers(backend))),
                    proxy);
        } catch (RuntimeException e) {
            if (proxy != null) {
                proxy.close();
            }
            throw e;
        }
    }

    /** The address for clients that the proxy must not disturb, as {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers(backend);
    }

    /**
     * The address whose traffic goes through {@link #proxy()}, as {@code host:port}.
     *
     * @throws IllegalStateException if the broker was started without {@link KafkaOptions#withProxy()}
     */
    public String proxiedBootstrapServers() {
        return proxy().host() + ":" + proxy().port();
    }

    /**
     * The proxy before the broker's second address. It is closed with the broker.
     *
     * @throws IllegalStateException if the broker was started without {@link KafkaOptions#withProxy()}
     */
    public TcpProxy proxy() {
        return Optional.ofNullable(proxy)
                .orElseThrow(() -> new IllegalStateException("Started without KafkaOptions.withProxy()"));
    }

    /** The port of {@link #bootstrapServers()}. */
    public int port() {
        return backend.port();
    }

    /**
     * Creates a topic and returns when clients can use it. Leaves a topic as it is that exists already.
     *
     * @param partitions the number of partitions, at least 1
     * @throws IllegalStateException if the broker refuses it or does not answer within 30 s
     */
    public void createTopic(String name, int partitions) {
        KafkaTopics.create(bootstrapServers(), new NewTopic(name, partitions, (short) 1));
    }

    /**
     * Creates a topic that no other test uses.
     *
     * @param prefix the first part of its name
     * @param partitions the number of partitions, at least 1
     * @return the name of the topic
     * @throws IllegalStateException if the broker refuses it or does not answer within 30 s
     */
    public String uniqueTopic(String prefix, int partitions) {
        return uniqueTopic(prefix, partitions, Map.of());
    }

    /**
     * Creates a topic that no other test uses, with settings from its first moment on; a broker takes a later change in when it comes to it.
     *
     * @param prefix the first part of its name
     * @param partitions the number of partitions, at least 1
     * @param settings of the topic, such as {@code max.message.bytes}
     * @return the name of the topic
     * @throws IllegalStateException if the broker refuses it or does not answer within 30 s
     */
    public String uniqueTopic(String prefix, int partitions, Map<String, String> settings) {
        String name = prefix + "-" + Integer.toUnsignedString(RANDOM.nextInt(), 36);
        KafkaTopics.create(bootstrapServers(), new NewTopic(name, partitions, (short) 1).configs(settings));
        return name;
    }

    /**
     * Ends the broker with SIGKILL, and returns when it is gone.
     *
     * @throws IllegalStateException if it is not running
     */
    public void kill() {
        server.kill();
    }

    /**
     * Stops the broker with SIGSTOP. Its connections stay open and nothing answers.
     *
     * @throws IllegalStateException if it is not running
     */
    public void pause() {
        server.pause();
    }

    /** Lets a paused broker go on. Does nothing otherwise. */
    public void resume() {
        server.resume();
    }

    /** Ends the broker in order; {@link #restart()} brings it back. Does nothing when it is not running. */
    public void stop() {
        server.stop();
    }

    /**
     * Starts the broker again, with the same contents under the same address. Stops it before when it is running.
     *
     * @throws ServerStartException if it does not start
     */
    public void restart() {
        server.restart();
    }

    /** Whether the broker's process exists; true for a paused one as well. */
    public boolean isRunning() {
        return server.isRunning();
    }

    /** Ends the broker in order, closes its proxy and deletes temporary data. Does nothing the second time. */
    @Override
    public void close() {
        try {
            server.close();
        } finally {
            if (proxy != null) {
                proxy.close();
            }
        }
    }

    private static Backend inDocker(KafkaOptions options, @Nullable Integer behindProxy, @Nullable Integer proxy) {
        int port = Ports.orFree(options.port());
        DockerServer docker = new DockerServer(NAME, "apache/kafka:4.2.1", port, port);
        if (behindProxy != null) {
            docker.publish(behindProxy, behindProxy);
        }
        String dataFolder = "/var/lib/kafka/data";
        docker.keepData(options.directory(), dataFolder);
        // only seen inside of the container
        ClusterNode node = ClusterNode.alone(Ports.free());
        new BrokerSettings("0.0.0.0", DockerServer.dockerHost(), port, node, behindProxy, proxy)
                .with(options, dataFolder)
                .forEach((name, value) -> docker.container().withEnv(variable(name), value));
        return docker;
    }

    /** As the image reads it: an underscore is a dot, two are one, three are a hyphen. */
    private static String variable(String setting) {
        return "KAFKA_"
                + setting.toUpperCase(Locale.ROOT)
                        .replace("_", "__")
                        .replace("-", "___")
                        .replace('.', '_');
    }

    private static String bootstrapServers(Backend backend) {
        return backend.host() + ":" + backend.port();
    }
}
