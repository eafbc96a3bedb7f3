package dev.outbox.test;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a database server starts. Immutable.
 *
 * @param directory where the data stays after the end of the server, null for a temporary place
 * @param port the port on this machine, 0 for a free one
 * @param durable whether a commit waits until the disk has it (fsync); without it a commit survives the end of the
 *     server, but not the end of the machine
 * @param settings further settings of the server by name, such as {@code max_connections}
 */
public record DatabaseOptions(@Nullable Path directory, int port, boolean durable, Map<String, String> settings) {

    /**
     * Copies the settings.
     *
     * @throws IllegalArgumentException if the port is not between 0 and 65535
     */
    public DatabaseOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be between 0 and 65535, not " + port);
        }
        settings = Map.copyOf(settings);
    }

    /** A server with temporary data on a free port that is fast rather than durable. */
    public static DatabaseOptions temporary() {
        return new DatabaseOptions(null, 0, false, Map.of());
    }

    /** A durable server on a free port that keeps its data in a directory, which is created when missing. */
    public static DatabaseOptions in(Path directory) {
        return new DatabaseOptions(directory, 0, true, Map.of());
    }

    /** The same on this port of this machine, 0 for a free one. */
    public DatabaseOptions withPort(int port) {
        return new DatabaseOptions(directory, port, durable, settings);
    }

    /** The same, durable or not. */
    public DatabaseOptions withDurable(boolean durable) {
        return new DatabaseOptions(directory, port, durable, settings);
    }

    /** The same with one more setting of the server. It wins over the fixture's own settings. */
    public DatabaseOptions withSetting(String name, String value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, value);
        return new DatabaseOptions(directory, port, durable, more);
    }
}
