package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dashboard and alerts ask for metrics that there are, which {@link MetricsPageIntegrationTest} compares with a scrape; and each alert has its section in the runbook. */
class OpsFilesTest {
    private static final String ALERTS = "../ops/prometheus/outbox-alerts.yml";
    private static final String ALERTS_TEST = "../ops/prometheus/outbox-alerts-test.yml";
    private static final String DASHBOARD = "../ops/grafana/outbox.json";

    private static final Pattern METRIC = Pattern.compile("\\b(outbox_[a-z_]+)");

    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern TESTED_ALERT = Pattern.compile("alertname: (\\w+)");
    private static final Pattern SECTION = Pattern.compile("^## (Outbox\\w+)$", Pattern.MULTILINE);

    @ParameterizedTest
    @ValueSource(strings = {ALERTS, ALERTS_TEST, DASHBOARD})
    void every_metric_that_is_asked_for_exists(String file) throws IOException {
        assertThat(found(METRIC, file).stream().map(OpsFilesTest::family))
                .isNotEmpty()
                .isSubsetOf(MetricsPage.labelsByName().keySet());
    }

    /** Of a timer or a summary there are several series. */
    private static String family(String series) {
        return series.replaceFirst("_(bucket|sum|count|max)$", "");
    }

    @Test
    void the_dashboard_shows_every_metric() throws IOException {
        assertThat(found(METRIC, DASHBOARD).stream().map(OpsFilesTest::family))
                .containsAll(MetricsPage.labelsByName().keySet());
    }

    @Test
    void the_dashboard_is_one_that_grafana_imports() throws IOException {
        JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(Path.of(DASHBOARD)));
        assertThat(dashboard.path("title").asString()).isEqualTo("Outbox");
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(panel.path("description").asString()).isNotBlank();
            assertThat(panel.path("targets").size()).isPositive();
            for (JsonNode target : panel.path("targets"))
                assertThat(target.path("expr").asString()).contains("outbox_");
        }
    }

    @Test
    void every_alert_has_a_section_in_the_runbook_to_which_it_points_and_a_test() throws IOException {
        Set<String> alerts = found(ALERT, ALERTS);
        assertThat(found(SECTION, "../docs/runbook.md")).isEqualTo(alerts);
        assertThat(found(TESTED_ALERT, ALERTS_TEST)).isEqualTo(alerts);
        List<String> names = Pattern.compile("- alert: (\\w+)|runbook: docs/runbook\\.md#(\\w+)")
                .matcher(Files.readString(Path.of(ALERTS)))
                .results()
                .map(match ->
                        match.group(1) == null ? match.group(2) : match.group(1).toLowerCase(Locale.ROOT))
                .toList();
        for (int i = 0; i < names.size(); i += 2) assertThat(names.get(i)).isEqualTo(names.get(i + 1));
    }

    private static Set<String> found(Pattern pattern, String file) throws IOException {
        Set<String> found = new TreeSet<>();
        pattern.matcher(Files.readString(Path.of(file)))
                .results()
                .map((MatchResult match) -> match.group(1))
                .forEach(found::add);
        return found;
    }
}
