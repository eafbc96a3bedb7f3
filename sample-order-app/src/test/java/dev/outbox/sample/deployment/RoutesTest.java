package dev.outbox.sample.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1HTTPIngressPath;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServicePort;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets where: users to the API of the role api and to nothing else. */
class RoutesTest {
    private Manifests manifests;

    @BeforeEach
    void read() throws IOException {
        manifests = Manifests.base();
    }

    @Test
    void a_service_leads_to_pods_by_ports_that_they_have() {
        assertThat(manifests.all(V1Service.class)).isNotEmpty().allSatisfy(service -> {
            List<V1Deployment> pods = podsOf(service);
            assertThat(pods).isNotEmpty();
            assertThat(service.getSpec().getPorts())
                    .isNotEmpty()
                    .allSatisfy(port -> assertThat(pods)
                            .allSatisfy(pod -> assertThat(
                                            Manifests.container(pod).getPorts())
                                    .anySatisfy(open -> assertThat(open.getName())
                                            .isEqualTo(port.getTargetPort().getStrValue()))));
        });
    }

    private List<V1Deployment> podsOf(V1Service service) {
        Map<String, String> selector = service.getSpec().getSelector();
        return manifests
                .deployments()
                .filter(deployment -> PodsTest.labels(deployment).entrySet().containsAll(selector.entrySet()))
                .toList();
    }

    @Test
    void users_reach_the_api_and_nothing_else() {
        V1Ingress ingress = manifests.all(V1Ingress.class).get(0);
        assertThat(manifests.all(V1Ingress.class)).hasSize(1);
        assertThat(ingress.getSpec().getDefaultBackend()).isNull();
        assertThat(ingress.getSpec().getRules()).singleElement().satisfies(rule -> {
            assertThat(ingress.getSpec().getTls())
                    .as("tokens and passwords are not sent in the clear")
                    .anySatisfy(tls -> assertThat(tls.getHosts()).contains(rule.getHost()));
            assertThat(rule.getHttp().getPaths()).singleElement().satisfies(this::leadsToTheApi);
        });
    }

    private void leadsToTheApi(V1HTTPIngressPath path) {
        assertThat(path.getPath()).isEqualTo("/api/v1");
        assertThat(path.getPathType()).isEqualTo("Prefix");
        V1Service service = manifests.all(V1Service.class).stream()
                .filter(candidate -> candidate
                        .getMetadata()
                        .getName()
                        .equals(path.getBackend().getService().getName()))
                .findFirst()
                .orElseThrow();
        assertThat(service.getSpec().getPorts())
                .extracting(V1ServicePort::getName)
                .containsExactly(path.getBackend().getService().getPort().getName())
                .containsExactly("http");
        assertThat(podsOf(service))
                .extracting(deployment -> deployment.getMetadata().getName())
                .containsExactly("api");
    }
}
