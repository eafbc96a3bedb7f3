package dev.outbox.benchmarks;

import dev.outbox.relay.RelaySettings;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How much is measured.
 *
 * @param events the backlog of a drain
 * @param pairs how often each measurement and its opponent are repeated, one after the other
 * @param workers threads of the relay
 * @param batch events of a batch
 * @param only the measurements to take, all when empty
 * @param connection properties of the database's driver
 */
record Options(int events, int pairs, int workers, int batch, Set<String> only, Map<String, String> connection) {
    static Options parse(int events, int pairs, List<String> arguments) {
        Deque<String> rest = new ArrayDeque<>(arguments);
        Options options = new Options(
                events,
                pairs,
                RelaySettings.defaults().workers(),
                RelaySettings.defaults().batch().size(),
                Set.of(),
                Map.of());
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (rest.isEmpty()) throw new IllegalArgumentException(name + " needs a value");
            options = options.with(name, rest.pop());
        }
        return options;
    }

    private Options with(String name, String value) {
        return switch (name) {
            case "--events" -> new Options(Integer.parseInt(value), pairs, workers, batch, only, connection);
            case "--pairs" -> new Options(events, Integer.parseInt(value), workers, batch, only, connection);
            case "--workers" -> new Options(events, pairs, Integer.parseInt(value), batch, only, connection);
            case "--batch" -> new Options(events, pairs, workers, Integer.parseInt(value), only, connection);
            case "--only" -> new Options(events, pairs, workers, batch, Set.of(value.split(",")), connection);
            case "--connection" -> new Options(events, pairs, workers, batch, only, properties(value));
            default ->
                throw new IllegalArgumentException(
                        "%s is unknown; there are --events, --pairs, --workers, --batch, --only and --connection"
                                .formatted(name));
        };
    }

    private static Map<String, String> properties(String value) {
        return Arrays.stream(value.split("&"))
                .map(property -> property.split("=", 2))
                .collect(Collectors.toMap(property -> property[0], property -> property[1]));
    }

    /** What results depend on. */
    Map<String, Object> conditions() {
        return new TreeMap<>(
                Map.of("events", events, "pairs", pairs, "workers", workers, "batch", batch, "connection", connection));
    }

    boolean takes(String measurement) {
        return only.isEmpty() || only.contains(measurement);
    }
}
