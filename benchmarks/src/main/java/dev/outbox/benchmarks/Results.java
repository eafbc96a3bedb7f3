package dev.outbox.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Everything that was measured, by name; what counts is the median. */
final class Results {
    private final Map<String, List<Double>> samples = new LinkedHashMap<>();

    void add(String name, double value) {
        samples.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        System.err.println(name + " " + text(value));
    }

    /** The median of the quotients of what was measured one after the other. */
    void addRatio(String name, String dividend, String divisor) {
        combine(name, dividend, divisor, (one, other) -> one / other);
    }

    void addDifference(String name, String minuend, String subtrahend) {
        combine(name, minuend, subtrahend, (one, other) -> one - other);
    }

    private interface Combination {
        double of(double one, double other);
    }

    private void combine(String name, String one, String other, Combination combination) {
        List<Double> ones = samples.getOrDefault(one, List.of());
        List<Double> others = samples.getOrDefault(other, List.of());
        for (int i = 0; i < Math.min(ones.size(), others.size()); i++)
            add(name, combination.of(ones.get(i), others.get(i)));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    void print() {
        System.out.printf("%-32s %12s   %s%n", "", "median", "all");
        samples.forEach((name, values) -> System.out.printf(
                "%-32s %12s   %s%n",
                name, text(median(values)), values.stream().map(Results::text).toList()));
    }

    /** The medians as one flat object, and the single values beneath "samples". */
    void write(Path file, Options options) throws IOException {
        List<String> members = new ArrayList<>();
        samples.forEach((name, values) -> members.add("  \"%s\": %s".formatted(name, text(median(values)))));
        members.add("  \"options\": {\"events\": %d, \"pairs\": %d, \"workers\": %d, \"batch\": %d}"
                .formatted(options.events(), options.pairs(), options.workers(), options.batch()));
        List<String> all = new ArrayList<>();
        samples.forEach((name, values) -> all.add("    \"%s\": %s"
                .formatted(name, values.stream().map(Results::text).toList())));
        members.add("  \"samples\": {\n" + String.join(",\n", all) + "\n  }");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, "{\n" + String.join(",\n", members) + "\n}\n");
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%.0f" : "%.3f", value);
    }
}
