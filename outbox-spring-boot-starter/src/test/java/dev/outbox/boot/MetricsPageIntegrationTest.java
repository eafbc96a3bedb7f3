package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.inbox.Inbox;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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
                        OutboxRetentionAutoConfiguration.class,
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
                        "outbox.metrics.interval=100ms",
                        "outbox.retention.table-limit=100GB")
                .run(context -> {
                    PrometheusMeterRegistry prometheus = context.getBean(PrometheusMeterRegistry.class);
                    for (int i = 0; i < 20; i++) publish(context, "key " + i);
                    await().until(() -> value(
                                    prometheus,
                                    "outbox_inbox_events_total{consumer=\"notification\",outcome=\"handled\"}")
                            == 20);
                    await().until(() -> prometheus.scrape().contains("outbox_kafka_consumer_lag{"));
                    await().untilAsserted(() ->
                            assertThat(scraped(prometheus.scrape())).isEqualTo(MetricsPage.labelsByName()));
                    await().until(() -> value(prometheus, "outbox_relay_published_total") == 20);
                    assertThat(prometheus.scrape()).contains("outbox_relay_publish_latency_seconds_bucket{le=\"0.");
                    await().until(() -> value(prometheus, "outbox_events{status=\"pending\"}") == 0);
                });
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
