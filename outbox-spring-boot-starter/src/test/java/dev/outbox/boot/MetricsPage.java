package dev.outbox.boot;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What docs/metrics.md names. */
final class MetricsPage {
    /** Name, type, tags, unit. */
    private static final Pattern ROW =
            Pattern.compile("^\\| `(outbox[a-z.]+)` \\| (\\w+)[^|]* \\| ([^|]*) \\| ([^|]*) \\|", Pattern.MULTILINE);

    private static final Pattern TAG = Pattern.compile("(?:^|; )`(\\w+)`");

    private MetricsPage() {}

    /** Labels by the name that Prometheus has. */
    static Map<String, Set<String>> labelsByName() throws IOException {
        Map<String, Set<String>> documented = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../docs/metrics.md")));
        while (row.find()) {
            Set<String> tags = new TreeSet<>();
            Matcher tag = TAG.matcher(row.group(3));
            while (tag.find()) tags.add(tag.group(1));
            documented.put(prometheusName(row.group(1), row.group(2), row.group(4)), tags);
        }
        return documented;
    }

    private static String prometheusName(String name, String type, String unit) {
        String baseUnit = Set.of("seconds", "bytes").contains(unit) ? unit : null;
        String converted = new PrometheusNamingConvention().name(name, meterType(type), baseUnit);
        return type.equals("counter") && !converted.endsWith("_total") ? converted + "_total" : converted;
    }

    private static Meter.Type meterType(String type) {
        return switch (type) {
            case "counter" -> Meter.Type.COUNTER;
            case "gauge" -> Meter.Type.GAUGE;
            case "timer" -> Meter.Type.TIMER;
            case "summary" -> Meter.Type.DISTRIBUTION_SUMMARY;
            default -> throw new IllegalArgumentException("The page has a metric of the type " + type);
        };
    }
}
