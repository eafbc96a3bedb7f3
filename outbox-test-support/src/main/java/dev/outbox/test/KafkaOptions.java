package dev.outbox.test;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a Kafka broker starts. Immutable.
 *
 * @param directory where the data stays after the end of the broker, null for a temporary place
 * @param port the port on this machine, 0 for a free one
 * @param autoCreateTopics whether a topic begins to exist when a client asks for it
 * @param proxied whether the broker has a second address behind a {@link TcpProxy}
 * @param settings further settings of the broker by name, such as {@code authorizer.class.name}
 */
public record KafkaOptions(
        @Nullable Path directory, int port, boolean autoCreateTopics, boolean proxied, Map<String, String> settings) {

    /**
     * Checks the port and copies the settings.
     *
     * @throws IllegalArgumentException if the port is not between 0 and 65535
     */
    public KafkaOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be between 0 and 65535, not " + port);
        }
        settings = Map.copyOf(settings);
    }

    /** A broker with temporary data on a free port, without automatic topics and without a proxy. */
    public static KafkaOptions temporary() {
        return new KafkaOptions(null, 0, false, false, Map.of());
    }

    /** The same, but it keeps its data in a directory, which is created when missing. */
    public static KafkaOptions in(Path directory) {
        return new KafkaOptions(directory, 0, false, false, Map.of());
    }

    /** The same on this port of this machine, 0 for a free one. */
    public KafkaOptions withPort(int port) {
        return new KafkaOptions(directory, port, autoCreateTopics, proxied, settings);
    }

    /** The same, with or without topics that begin to exist on use. */
    public KafkaOptions withAutoCreateTopics(boolean autoCreateTopics) {
        return new KafkaOptions(directory, port, autoCreateTopics, proxied, settings);
    }

    /** The same with a second address that leads through {@link KafkaServer#proxy()}. */
    public KafkaOptions withProxy() {
        return new KafkaOptions(directory, port, autoCreateTopics, true, settings);
    }

    /** The same with one more setting of the broker. It wins over the fixture's own settings. */
    public KafkaOptions withSetting(String name, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, value);
        return new KafkaOptions(directory, port, autoCreateTopics, proxied, more);
    }
}
