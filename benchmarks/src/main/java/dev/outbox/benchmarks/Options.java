package dev.outbox.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * How much is measured.
 *
 * @param events the backlog of a drain
 * @param pairs how often each measurement and its opponent are repeated, one after the other
 * @param workers threads of the relay
 * @param batch events of a batch
 * @param only the measurements to take, all when empty
 */
record Options(int events, int pairs, int workers, int batch, Set<String> only) {
    static Options parse(List<String> arguments) {
        Deque<String> rest = new ArrayDeque<>(arguments);
        Options options = new Options(300_000, 5, 2, 1000, Set.of());
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (rest.isEmpty()) throw new IllegalArgumentException(name + " needs a value");
            options = options.with(name, rest.pop());
        }
        return options;
    }

    private Options with(String name, String value) {
        return switch (name) {
            case "--events" -> new Options(Integer.parseInt(value), pairs, workers, batch, only);
            case "--pairs" -> new Options(events, Integer.parseInt(value), workers, batch, only);
            case "--workers" -> new Options(events, pairs, Integer.parseInt(value), batch, only);
            case "--batch" -> new Options(events, pairs, workers, Integer.parseInt(value), only);
            case "--only" -> new Options(events, pairs, workers, batch, Set.of(value.split(",")));
            default ->
                throw new IllegalArgumentException(
                        "%s is unknown; there are --events, --pairs, --workers, --batch and --only".formatted(name));
        };
    }

    boolean takes(String measurement) {
        return only.isEmpty() || only.contains(measurement);
    }
}
