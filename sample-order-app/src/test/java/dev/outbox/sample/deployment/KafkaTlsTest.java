package dev.outbox.sample.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.deployment.Kustomization.Generator;
import io.kubernetes.client.openapi.models.V1Container;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The overlay for a Kafka with TLS, where clients log in by SCRAM. */
class KafkaTlsTest {
    private static final String PROTOCOL = "security.protocol";
    private static final String MECHANISM = "sasl.mechanism";
    private static final String LOGIN = "sasl.jaas.config";
    private static final String AUTHORITY = "ssl.truststore.location";

    private Kustomization overlay;
    private Manifests manifests;

    @BeforeEach
    void read() throws IOException {
        overlay = Kustomization.of(Manifests.KAFKA_TLS);
        manifests = Manifests.patched(YamlFiles.one(Manifests.KAFKA_TLS.resolve("kafka-ca.yaml")));
    }

    @Test
    void it_changes_the_base_and_nothing_that_is_not_there() throws IOException {
        Kustomization base = Kustomization.of(Manifests.BASE);
        assertThat(overlay.resources())
                .singleElement()
                .satisfies(path -> assertThat(Manifests.KAFKA_TLS.resolve(path).normalize())
                        .isEqualTo(Manifests.BASE));
        assertThat(overlay.namespace()).isEqualTo(base.namespace());
        assertMerges(overlay.configMapGenerator(), base.configMapGenerator());
        assertMerges(overlay.secretGenerator(), base.secretGenerator());
        assertThat(overlay.patches()).singleElement().satisfies(patch -> {
            assertThat(patch.path()).isEqualTo("kafka-ca.yaml");
            assertThat(manifests.deployments()).hasSize(3).allSatisfy(deployment -> {
                assertThat(deployment.getKind()).isEqualTo(patch.target().kind());
                assertThat(deployment.getApiVersion())
                        .isEqualTo(patch.target().group() + "/" + patch.target().version());
            });
        });
    }

    private static void assertMerges(List<Generator> changes, List<Generator> base) {
        assertThat(changes).isNotEmpty().allSatisfy(change -> {
            assertThat(change.behavior()).isEqualTo("merge");
            assertThat(base).extracting(Generator::name).contains(change.name());
        });
    }

    @Test
    void every_container_has_the_certificate_of_kafkas_authority_where_the_settings_say() throws IOException {
        String authority = settings().get("SPRING_KAFKA_SSL_TRUSTSTORELOCATION");
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            V1Container container = Manifests.container(deployment);
            assertThat(container.getImage()).as("what it was before").isEqualTo("order-app");
            assertThat(container.getVolumeMounts())
                    .as("beside the place for temporary files")
                    .hasSize(2)
                    .anySatisfy(mount -> {
                        assertThat(mount.getReadOnly()).isTrue();
                        assertThat(deployment.getSpec().getTemplate().getSpec().getVolumes())
                                .filteredOn(volume -> volume.getName().equals(mount.getName()))
                                .singleElement()
                                .satisfies(volume -> assertThat(
                                                volume.getSecret().getItems())
                                        .singleElement()
                                        .satisfies(item -> assertThat(
                                                        "file:" + mount.getMountPath() + "/" + item.getPath())
                                                .isEqualTo(authority)));
                    });
        });
    }

    @Test
    void every_client_of_kafka_logs_in_and_knows_whom_to_believe() throws IOException {
        KafkaProperties kafka = bound();
        assertThat(kafka.getBootstrapServers()).containsExactly("kafka:9093");
        assertThat(Stream.of(
                        kafka.buildProducerProperties(), kafka.buildConsumerProperties(), kafka.buildAdminProperties()))
                .allSatisfy(client -> assertThat(client)
                        .containsEntry(PROTOCOL, "SASL_SSL")
                        .containsEntry(MECHANISM, "SCRAM-SHA-512")
                        .containsEntry("ssl.truststore.type", "PEM")
                        .containsEntry(
                                AUTHORITY, Path.of("/etc/kafka-ca/ca.crt").toString())
                        .hasEntrySatisfying(
                                LOGIN,
                                login -> assertThat(login.toString())
                                        .matches(
                                                "[\\w.]+\\.ScramLoginModule required username=\"[^\"]+\" password=\"[^\"]+\";"))
                        .doesNotContainKey("ssl.truststore.password"));
    }

    /** As the service reads its environment. */
    private KafkaProperties bound() throws IOException {
        MutablePropertySources sources = new MutablePropertySources();
        sources.addFirst(new SystemEnvironmentPropertySource("systemEnvironment", new HashMap<>(settings())));
        return new Binder(ConfigurationPropertySources.from(sources))
                .bind("spring.kafka", KafkaProperties.class)
                .get();
    }

    @Test
    void its_settings_are_some_that_the_service_looks_at_and_its_secret_is_not_in_git() throws IOException {
        assertThat(settings().keySet()).allMatch(KnownSettings.read()::contains);
        assertThat(Kustomization.variables(Manifests.KAFKA_TLS.resolve("kafka.env"))
                        .keySet())
                .noneMatch(name -> name.matches(".*(PASSWORD|SECRET|JAAS).*"));
    }

    private Map<String, String> settings() throws IOException {
        return overlay.environment(Manifests.KAFKA_TLS);
    }
}
