package dev.outbox.test;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a Redis server starts. Immutable.
 *
 * @param directory where a dump of the contents stays after the end of the server; null for a server that keeps nothing, whose contents are gone when it
 *     stops
 * @param port the port on this machine, 0 for a free one
 * @param settings further settings of the server by name, such as {@code maxmemory}
 */
public record RedisOptions(@Nullable Path directory, int port, Map<String, String> settings) {

    /**
     * Checks the port and copies the settings.
     *
     * @throws IllegalArgumentException if the port is not between 0 and 65535
     */
    public RedisOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be between 0 and 65535, not " + port);
        }
        settings = Map.copyOf(settings);
    }

    /** A server on a free port that keeps nothing. */
    public static RedisOptions temporary() {
        return new RedisOptions(null, 0, Map.of());
    }

    /** A server on a free port that leaves its contents in a directory when it is stopped. The directory is created when missing. */
    public static RedisOptions in(Path directory) {
        return new RedisOptions(directory, 0, Map.of());
    }

    /** The same on this port of this machine, 0 for a free one. */
    public RedisOptions withPort(int port) {
        return new RedisOptions(directory, port, settings);
    }

    /** The same with one more setting of the server. It wins over the fixture's own settings. */
    public RedisOptions withSetting(String name, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, value);
        return new RedisOptions(directory, port, more);
    }
}
