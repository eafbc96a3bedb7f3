package dev.outbox.sample.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.process.ProcessRole;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ContainerPort;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1HTTPGetAction;
import io.kubernetes.client.openapi.models.V1Lifecycle;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1PodSecurityContext;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Probe;
import io.kubernetes.client.openapi.models.V1SecurityContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Deployments: one for each role, with pods that are watched, limited and may do nothing but their work. */
class PodsTest {
    /** Defaults that the service keeps: {@code spring.lifecycle.timeout-per-shutdown-phase} and {@code outbox.relay.shutdown-timeout}. */
    private static final Duration REQUESTS_OR_LISTENERS = Duration.ofSeconds(30);

    private static final Duration SENDS = Duration.ofSeconds(20);

    private Manifests manifests;
    private Map<String, String> settings;

    @BeforeEach
    void read() throws IOException {
        manifests = Manifests.base();
        settings = Kustomization.of(Manifests.BASE).environment(Manifests.BASE);
    }

    @Test
    void each_role_is_a_deployment_of_its_own() {
        List<String> roles =
                Arrays.stream(ProcessRole.values()).map(PodsTest::nameOf).toList();
        assertThat(manifests.deployments().map(this::role)).containsExactlyInAnyOrderElementsOf(roles);
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            assertThat(deployment.getMetadata().getName()).isEqualTo(role(deployment));
            assertThat(deployment.getMetadata().getLabels())
                    .containsEntry("app.kubernetes.io/component", role(deployment));
        });
    }

    private static String nameOf(ProcessRole role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private String role(V1Deployment deployment) {
        return Manifests.container(deployment).getEnv().stream()
                .filter(variable -> variable.getName().equals("SAMPLE_ROLES"))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    @Test
    void a_deployment_selects_its_own_pods_and_no_others() {
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            Map<String, String> selector = deployment.getSpec().getSelector().getMatchLabels();
            assertThat(manifests
                            .deployments()
                            .filter(other -> labels(other).entrySet().containsAll(selector.entrySet())))
                    .containsExactly(deployment);
            assertThat(pod(deployment).getTopologySpreadConstraints())
                    .allSatisfy(spread -> assertThat(spread.getLabelSelector().getMatchLabels())
                            .isEqualTo(selector));
        });
    }

    static Map<String, String> labels(V1Deployment deployment) {
        return deployment.getSpec().getTemplate().getMetadata().getLabels();
    }

    private static V1PodSpec pod(V1Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    @Test
    void probes_ask_actuator_at_its_own_port() {
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            V1Container container = Manifests.container(deployment);
            assertProbe(container, container.getStartupProbe(), "/actuator/health/liveness");
            assertProbe(container, container.getLivenessProbe(), "/actuator/health/liveness");
            assertProbe(container, container.getReadinessProbe(), "/actuator/health/readiness");
            assertThat(container.getStartupProbe().getPeriodSeconds()
                            * container.getStartupProbe().getFailureThreshold())
                    .as("seconds for a start behind the migrations of another instance")
                    .isGreaterThanOrEqualTo(120);
        });
    }

    private void assertProbe(V1Container container, V1Probe probe, String path) {
        V1HTTPGetAction request = probe.getHttpGet();
        assertThat(request.getPath()).isEqualTo(path);
        assertThat(port(container, request.getPort().getStrValue()))
                .hasToString(settings.get("MANAGEMENT_SERVER_PORT"));
        assertThat(probe.getTimeoutSeconds()).isGreaterThan(1);
    }

    private static Integer port(V1Container container, String name) {
        return container.getPorts().stream()
                .filter(port -> port.getName().equals(name))
                .map(V1ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void prometheus_is_told_where_to_ask() {
        assertThat(manifests.deployments())
                .allSatisfy(deployment -> assertThat(
                                deployment.getSpec().getTemplate().getMetadata().getAnnotations())
                        .containsEntry("prometheus.io/scrape", "true")
                        .containsEntry("prometheus.io/path", "/actuator/prometheus")
                        .containsEntry("prometheus.io/port", settings.get("MANAGEMENT_SERVER_PORT")));
    }

    @Test
    void a_container_says_what_it_needs_and_gets_no_more_memory_than_that() {
        assertThat(manifests.deployments().map(Manifests::container)).allSatisfy(container -> {
            assertThat(container.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
            assertThat(container.getResources().getLimits()).containsOnlyKeys("cpu", "memory");
            assertThat(container.getResources().getLimits().get("memory"))
                    .as("memory beyond what was asked for can be taken away at any time")
                    .isEqualTo(container.getResources().getRequests().get("memory"));
            assertThat(container.getResources().getLimits().get("cpu").getNumber())
                    .isGreaterThan(
                            container.getResources().getRequests().get("cpu").getNumber());
        });
    }

    @Test
    void a_container_may_do_nothing_but_its_work() throws IOException {
        long user = Dockerfile.ofTheService().user();
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            V1PodSecurityContext pod = pod(deployment).getSecurityContext();
            assertThat(pod.getRunAsNonRoot()).isTrue();
            assertThat(pod.getRunAsUser()).isEqualTo(user).isPositive();
            assertThat(pod.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod(deployment).getAutomountServiceAccountToken()).isFalse();
            V1SecurityContext container = Manifests.container(deployment).getSecurityContext();
            assertThat(container.getAllowPrivilegeEscalation()).isFalse();
            assertThat(container.getReadOnlyRootFilesystem()).isTrue();
            assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(container.getCapabilities().getAdd()).isNullOrEmpty();
        });
        assertThat(manifests.all(V1Namespace.class))
                .singleElement()
                .satisfies(namespace -> assertThat(namespace.getMetadata().getLabels())
                        .containsEntry("pod-security.kubernetes.io/enforce", "restricted"));
    }

    @Test
    void there_is_a_place_for_temporary_files() {
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            assertThat(Manifests.container(deployment).getVolumeMounts())
                    .anySatisfy(mount -> assertThat(mount.getMountPath()).isEqualTo("/tmp"));
            assertThat(Manifests.container(deployment).getVolumeMounts())
                    .allSatisfy(mount -> assertThat(pod(deployment).getVolumes())
                            .anySatisfy(volume -> assertThat(volume.getName()).isEqualTo(mount.getName())));
            assertThat(pod(deployment).getVolumes())
                    .anySatisfy(volume -> assertThat(volume.getEmptyDir()).isNotNull());
        });
    }

    @Test
    void a_stop_has_the_time_that_it_takes() {
        assertThat(manifests.deployments())
                .allSatisfy(deployment -> assertThat(
                                Duration.ofSeconds(pod(deployment).getTerminationGracePeriodSeconds()))
                        .isGreaterThan(beforeTheStop(Manifests.container(deployment))
                                .plus(REQUESTS_OR_LISTENERS)
                                .plus(SENDS)));
    }

    private static Duration beforeTheStop(V1Container container) {
        return Optional.ofNullable(container.getLifecycle())
                .map(V1Lifecycle::getPreStop)
                .map(before -> Duration.ofSeconds(before.getSleep().getSeconds()))
                .orElse(Duration.ZERO);
    }

    @Test
    void users_are_led_elsewhere_before_an_api_stops() {
        assertThat(manifests.deployments().filter(deployment -> role(deployment).equals("api")))
                .singleElement()
                .satisfies(api ->
                        assertThat(beforeTheStop(Manifests.container(api))).isPositive());
    }

    @Test
    void an_update_takes_no_pod_away_before_another_one_is_ready() {
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("RollingUpdate");
            assertThat(deployment
                            .getSpec()
                            .getStrategy()
                            .getRollingUpdate()
                            .getMaxUnavailable()
                            .getIntValue())
                    .isZero();
        });
    }
}
