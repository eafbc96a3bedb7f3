package dev.outbox.sample.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V2CrossVersionObjectReference;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many pods there are of each role. */
class ScalingTest {
    /** What MySQL takes by default ({@code max_connections}). */
    private static final int CONNECTIONS_OF_MYSQL = 151;

    private static final Pattern PARTITIONS = Pattern.compile("int PARTITIONS = (\\d+);");

    private Manifests manifests;

    @BeforeEach
    void read() throws IOException {
        manifests = Manifests.base();
    }

    @Test
    void each_role_is_scaled_by_one_autoscaler_and_nothing_else() {
        assertThat(manifests.all(V2HorizontalPodAutoscaler.class)).hasSameSizeAs(manifests.all(V1Deployment.class));
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            assertThat(deployment.getSpec().getReplicas())
                    .as("it would undo what the autoscaler has decided, each time it is applied")
                    .isNull();
            V2HorizontalPodAutoscaler autoscaler = autoscaler(deployment);
            assertThat(autoscaler.getSpec().getMinReplicas())
                    .as("while one is replaced another one works")
                    .isGreaterThan(1);
            assertThat(autoscaler.getSpec().getMaxReplicas())
                    .isGreaterThan(autoscaler.getSpec().getMinReplicas());
            assertThat(autoscaler.getSpec().getMetrics())
                    .singleElement()
                    .satisfies(metric -> assertThat(Manifests.container(deployment)
                                    .getResources()
                                    .getRequests())
                            .as("a share of what was asked for")
                            .containsKey(metric.getResource().getName()));
        });
    }

    private V2HorizontalPodAutoscaler autoscaler(V1Deployment deployment) {
        V2CrossVersionObjectReference target = new V2CrossVersionObjectReference()
                .apiVersion(deployment.getApiVersion())
                .kind(deployment.getKind())
                .name(deployment.getMetadata().getName());
        List<V2HorizontalPodAutoscaler> autoscalers = manifests.all(V2HorizontalPodAutoscaler.class).stream()
                .filter(autoscaler -> autoscaler.getSpec().getScaleTargetRef().equals(target))
                .toList();
        assertThat(autoscalers).as("of " + target.getName()).hasSize(1);
        return autoscalers.get(0);
    }

    @Test
    void there_are_not_more_streamers_than_partitions() throws IOException {
        V1Deployment streamer = manifests
                .deployments()
                .filter(deployment -> deployment.getMetadata().getName().equals("streamer"))
                .findFirst()
                .orElseThrow();
        assertThat(autoscaler(streamer).getSpec().getMaxReplicas()).isLessThanOrEqualTo(partitions());
    }

    /** The number that the service creates its topics with. */
    private static int partitions() throws IOException {
        try (Stream<Path> sources =
                Files.find(Path.of("src", "main", "java"), 20, (file, attributes) -> attributes.isRegularFile())) {
            List<String> numbers = sources.map(ScalingTest::text)
                    .flatMap(text -> PARTITIONS.matcher(text).results())
                    .map(match -> match.group(1))
                    .toList();
            assertThat(numbers).hasSize(1);
            return Integer.parseInt(numbers.get(0));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void all_pods_together_fit_into_the_connections_of_the_database() throws IOException {
        int pool = Integer.parseInt(Kustomization.of(Manifests.BASE)
                .environment(Manifests.BASE)
                .get("SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE"));
        int pods = manifests
                .deployments()
                .mapToInt(
                        deployment -> autoscaler(deployment).getSpec().getMaxReplicas() + moreWhileUpdating(deployment))
                .sum();
        assertThat(pods * pool).isLessThan(CONNECTIONS_OF_MYSQL);
    }

    private static int moreWhileUpdating(V1Deployment deployment) {
        return deployment
                .getSpec()
                .getStrategy()
                .getRollingUpdate()
                .getMaxSurge()
                .getIntValue();
    }

    @Test
    void one_pod_of_a_role_at_a_time_may_be_taken_from_its_node() {
        List<V1PodDisruptionBudget> budgets = manifests.all(V1PodDisruptionBudget.class);
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            Map<String, String> labels = PodsTest.labels(deployment);
            assertThat(budgets)
                    .filteredOn(budget -> labels.entrySet()
                            .containsAll(budget.getSpec()
                                    .getSelector()
                                    .getMatchLabels()
                                    .entrySet()))
                    .singleElement()
                    .satisfies(budget -> assertThat(
                                    budget.getSpec().getMaxUnavailable().getIntValue())
                            .isEqualTo(1));
        });
    }
}
