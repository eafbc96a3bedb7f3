package dev.outbox.test;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Kafka as a child JVM, with its data in the folder {@code log} of the directory. */
final class EmbeddedKafka extends EmbeddedServer {

    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=dev/outbox/test/broker-logback.xml");

    private final KafkaOptions options;
    private final @Nullable Integer behindProxy;
    private final @Nullable Integer proxy;
    private final @Nullable ClusterNode node;

    /** A broker that is alone in its cluster. */
    EmbeddedKafka(KafkaOptions options, @Nullable Integer behindProxy, @Nullable Integer proxy) {
        this(options, behindProxy, proxy, null);
    }

    /** One broker of several. */
    EmbeddedKafka(KafkaOptions options, ClusterNode node) {
        this(options, null, null, node);
    }

    private EmbeddedKafka(
            KafkaOptions options, @Nullable Integer behindProxy, @Nullable Integer proxy, @Nullable ClusterNode node) {
        super("Kafka", options.directory(), Ports.orFree(options.port()), "TERM KILL");
        this.options = options;
        this.behindProxy = behindProxy;
        this.proxy = proxy;
        this.node = node;
    }

    @Override
    List<String> prepare() throws IOException {
        Path data = path().resolve("log");
        Properties settings = new Properties();
        ClusterNode place = node == null ? ClusterNode.alone(Ports.free()) : node;
        settings.putAll(
                new BrokerSettings(HOST, HOST, port(), place, behindProxy, proxy).with(options, data.toString()));
        Path file = path().resolve("broker.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        return JavaCommand.write(
                argumentFile(),
                JVM_OPTIONS,
                KafkaServerMain.class,
                List.of(file.toString(), data.toString(), place.clusterId()));
    }

    @Override
    void started(long pid) throws IOException {
        Files.writeString(pidFile(), Long.toString(pid));
    }

    @Override
    Path pidFile() {
        return path().resolve("broker.pid");
    }

    @Override
    String mark() {
        return "@" + argumentFile();
    }

    @Override
    public boolean saysReady() {
        return logs("Kafka Server started");
    }

    private Path argumentFile() {
        return path().resolve("broker.args");
    }
}
