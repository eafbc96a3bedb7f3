package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.inbox.Inbox;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** docs/metrics.md names what an application that publishes and consumes shows to Prometheus, with its tags, and nothing else. */
@Timeout(120)
class MetricsPageIntegrationTest {
    /** Name, type, tags, unit. */
    private static final Pattern ROW =
            Pattern.compile("^\\| `(outbox[a-z.]+)` \\| (\\w+)[^|]* \\| ([^|]*) \\| ([^|]*) \\|", Pattern.MULTILINE);

    private static final Pattern TAG = Pattern.compile("(?:^|; )`(\\w+)`");
    private static final Pattern FAMILY = Pattern.compile("^# TYPE (outbox_\\w+) (\\w+)$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("metrics", 2);
    private final PostgresSchema schema = TestServers.postgres().createSchema("metrics");

    @Configuration(proxyBeanMethods = false)
    static class Listener {
        @KafkaListener(topics = "${topic}")
        @Inbox("notification")
        void on(String payload) {}
    }

    @Test
    void the_page_and_a_scrape_name_the_same_metrics_with_the_same_tags() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        KafkaAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        PrometheusMetricsExportAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        OutboxKafkaAutoConfiguration.class,
                        OutboxRelayAutoConfiguration.class,
                        OutboxMetricsAutoConfiguration.class,
                        OutboxConsumerLagAutoConfiguration.class,
                        OutboxInboxAutoConfiguration.class,
                        OutboxInboxListenerAutoConfiguration.class))
                .withUserConfiguration(Listener.class)
                .withPropertyValues(
                        "topic=" + topic,
                        "spring.datasource.url=" + schema.jdbcUrl(),
                        "spring.datasource.username=" + schema.username(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "spring.kafka.consumer.group-id=" + topic,
                        "spring.kafka.consumer.auto-offset-reset=earliest",
                        "outbox.schema.initialize=true",
                        "outbox.inbox.schema.initialize=true",
                        "outbox.metrics.interval=100ms")
                .run(context -> {
                    PrometheusMeterRegistry prometheus = context.getBean(PrometheusMeterRegistry.class);
                    for (int i = 0; i < 20; i++) publish(context, "key " + i);
                    await().until(() -> value(
                                    prometheus,
                                    "outbox_inbox_events_total{consumer=\"notification\",outcome=\"handled\"}")
                            == 20);
                    await().until(() -> prometheus.scrape().contains("outbox_kafka_consumer_lag{"));
                    await().untilAsserted(() ->
                            assertThat(scraped(prometheus.scrape())).isEqualTo(documented()));
                    assertThat(value(prometheus, "outbox_relay_published_total"))
                            .isEqualTo(20);
                    assertThat(prometheus.scrape()).contains("outbox_relay_publish_latency_seconds_bucket{le=\"0.");
                    await().until(() -> value(prometheus, "outbox_events{status=\"pending\"}") == 0);
                });
    }

    /** Labels by the name of the family. */
    private static Map<String, Set<String>> documented() throws IOException {
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

    private static Map<String, Set<String>> scraped(String scrape) {
        Map<String, Set<String>> scraped = new TreeMap<>();
        Map<String, String> types = new HashMap<>();
        Matcher family = FAMILY.matcher(scrape);
        while (family.find()) types.put(family.group(1), family.group(2));
        types.forEach((name, type) -> {
            String timed = name.replaceFirst("_max$", "");
            if (!timed.equals(name) && types.containsKey(timed)) return; // the largest of a timer or summary
            scraped.put(name, labels(scrape, name));
        });
        return scraped;
    }

    private static Set<String> labels(String scrape, String name) {
        Set<String> labels = new TreeSet<>();
        Matcher sample = Pattern.compile("^" + name + "(?:_bucket)?\\{([^}]*)}", Pattern.MULTILINE)
                .matcher(scrape);
        while (sample.find()) {
            Matcher label = LABEL.matcher(sample.group(1));
            while (label.find()) if (!label.group(1).equals("le")) labels.add(label.group(1));
        }
        return labels;
    }

    private static double value(PrometheusMeterRegistry prometheus, String sample) {
        @Nullable
        String value = prometheus
                .scrape()
                .lines()
                .filter(line -> line.startsWith(sample + " "))
                .findFirst()
                .map(line -> line.substring(sample.length() + 1))
                .orElse(null);
        return value == null ? Double.NaN : Double.parseDouble(value);
    }

    private void publish(ApplicationContext context, String key) {
        OutboxPublisher publisher = context.getBean(OutboxPublisher.class);
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> publisher.publish(
                        OutboxMessage.of("Order", key, "OrderPlaced", "placed").topic(topic)));
    }
}
