package dev.outbox.sample;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxReplays;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.TestPropertySource;

/** What a shop at work, and a replay beside it, show to Prometheus, which cannot log in: at a port of its own. */
@TestPropertySource(properties = "management.server.port=0")
class PrometheusIntegrationTest extends RunningShop {
    private static final int ORDERS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern ROW = Pattern.compile("^\\| `(outbox[a-z.]+)` \\|", Pattern.MULTILINE);
    private static final String SUFFIXES = "(_seconds|_bytes)?(_total|_count|_sum|_bucket|_max)?";

    @Autowired
    OutboxReplays replays;

    @Value("${local.management.port}")
    int managementPort;

    @Test
    void every_metric_of_the_page_is_in_a_scrape_under_load() throws IOException {
        Set<String> orders = IntStream.range(0, ORDERS)
                .parallel()
                .mapToObj(i -> shop.order(newKey(), shop.product(1), 1).text("id"))
                .collect(toSet());
        ReplayPlan plan = ReplayPlan.ofAggregates(orders);
        await().atMost(PATIENCE)
                .pollInSameThread()
                .until(() -> replays.dryRun(plan).events() == ORDERS);
        replays.start(ReplayRequest.readOnly(replays.dryRun(plan).token()).atMost(100), "a test");

        await().atMost(PATIENCE).untilAsserted(() -> {
            String scrape = ShopClient.anonymous(managementPort).text("/actuator/prometheus");
            assertThat(documented())
                    .hasSizeGreaterThan(20)
                    .allSatisfy(name ->
                            assertThat(scrape).containsPattern("(?m)^" + name.replace('.', '_') + SUFFIXES + "[{ ]"));
            assertThat(value(scrape, "outbox_relay_published_total")).isGreaterThanOrEqualTo(ORDERS);
            assertThat(value(scrape, "outbox_inbox_events_total{consumer=\"notification\",outcome=\"handled\"}"))
                    .isGreaterThanOrEqualTo(ORDERS);
            assertThat(value(scrape, "outbox_replay_sent_total")).isGreaterThanOrEqualTo(ORDERS);
            assertThat(value(scrape, "outbox_replays{status=\"running\"}")).isZero();
        });
    }

    private static List<String> documented() throws IOException {
        return ROW.matcher(Files.readString(Path.of("../docs/metrics.md")))
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
    }

    private static double value(String scrape, String sample) {
        return scrape.lines()
                .filter(line -> line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }
}
