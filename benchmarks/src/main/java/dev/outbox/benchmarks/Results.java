package dev.outbox.benchmarks;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Everything that was measured, by name; what counts is the median. */
final class Results {
    private static final JsonMapper JSON = new JsonMapper();

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
    void write(Path file, Options options) {
        write(file, JSON.createObjectNode(), "options", options);
    }

    /** The same beside what other runs have left in the file. */
    void addTo(Path file, String optionsName, Options options) {
        ObjectNode there = Files.exists(file) ? (ObjectNode) JSON.readTree(file) : JSON.createObjectNode();
        write(file, there, optionsName, options);
    }

    private void write(Path file, ObjectNode document, String optionsName, Options options) {
        ObjectNode all = document.withObject("samples");
        document.remove("samples");
        samples.forEach((name, values) -> {
            document.put(name, rounded(median(values)));
            ArrayNode array = all.putArray(name);
            values.forEach(value -> array.add(rounded(value)));
        });
        document.putPOJO(optionsName, options.conditions());
        document.set("samples", all);
        JSON.writerWithDefaultPrettyPrinter().writeValue(file, document);
    }

    private static BigDecimal rounded(double value) {
        return new BigDecimal(text(value));
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 1000 ? "%.0f" : "%.3f", value);
    }
}
