package dev.outbox.sample.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.deployment.Kustomization.Generator;
import dev.outbox.sample.deployment.Kustomization.Image;
import io.kubernetes.client.openapi.models.V1EnvFromSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pods are told: files that exist, settings that exist, and no secret in git. */
class SettingsTest {
    private Manifests manifests;
    private Kustomization base;
    private Map<String, String> settings;

    @BeforeEach
    void read() throws IOException {
        manifests = Manifests.base();
        base = Kustomization.of(Manifests.BASE);
        settings = base.environment(Manifests.BASE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s/base", "k8s/overlays/kafka-tls"})
    void a_kustomization_names_every_file_beside_it(Path folder) throws IOException {
        TreeSet<String> named = Kustomization.of(folder).files();
        named.removeIf(file -> Files.isDirectory(folder.resolve(file)));
        named.add("kustomization.yaml");
        assertThat(filesThatAreInGit(folder)).isEqualTo(named);
    }

    private static Set<String> filesThatAreInGit(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith("secret.env"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void everything_is_in_one_namespace() {
        assertThat(manifests.objects()).allSatisfy(object -> {
            assertThat(object.getMetadata().getNamespace())
                    .as("the kustomization says it")
                    .isNull();
            if (object.getKind().equals("Namespace"))
                assertThat(object.getMetadata().getName()).isEqualTo(base.namespace());
        });
    }

    @Test
    void every_container_gets_the_settings_and_the_secrets() {
        Set<String> settings =
                base.configMapGenerator().stream().map(Generator::name).collect(Collectors.toSet());
        Set<String> secrets =
                base.secretGenerator().stream().map(Generator::name).collect(Collectors.toSet());
        assertThat(manifests.deployments().map(Manifests::container)).allSatisfy(container -> {
            assertThat(container.getEnvFrom().stream()
                            .map(V1EnvFromSource::getConfigMapRef)
                            .filter(reference -> reference != null)
                            .map(reference -> reference.getName()))
                    .containsExactlyElementsOf(settings);
            assertThat(container.getEnvFrom().stream()
                            .map(V1EnvFromSource::getSecretRef)
                            .filter(reference -> reference != null)
                            .map(reference -> reference.getName()))
                    .containsExactlyElementsOf(secrets);
        });
    }

    @Test
    void every_setting_is_one_that_the_service_looks_at() throws IOException {
        KnownSettings known = KnownSettings.read();
        assertThat(known.names()).contains("SPRING_DATASOURCE_URL", "SAMPLE_ROLES");
        assertThat(settings.keySet()).isNotEmpty().allMatch(known::contains);
        assertThat(manifests.deployments().map(Manifests::container))
                .allSatisfy(container ->
                        assertThat(container.getEnv()).allMatch(variable -> known.contains(variable.getName())));
    }

    @Test
    void the_profile_is_the_one_for_users_and_has_what_it_does_not_start_without() {
        assertThat(settings)
                .containsEntry("SPRING_PROFILES_ACTIVE", "prod")
                .containsKeys("SAMPLE_JWT_SECRET", "SAMPLE_DATAPLATFORM_URL");
    }

    @Test
    void no_secret_is_in_git_and_those_of_the_example_are_refused() throws IOException {
        assertThat(Kustomization.variables(Manifests.BASE.resolve("config.env")).keySet())
                .noneMatch(name -> name.matches(".*(PASSWORD|SECRET|JAAS).*"));
        assertThat(settings.get("SAMPLE_JWT_SECRET").getBytes(UTF_8))
                .as("with fewer than 32 bytes no profile starts")
                .hasSizeLessThan(32);
        assertThat(settings.get("SAMPLE_ADMIN_PASSWORD"))
                .as("with fewer than 12 characters no profile starts")
                .hasSizeLessThan(12);
        assertThat(Files.readAllLines(Path.of("..", ".gitignore"))).contains("/sample-order-app/k8s/**/*secret.env");
    }

    @Test
    void the_image_has_a_version() {
        assertThat(base.images()).singleElement().satisfies(image -> {
            assertThat(manifests
                            .deployments()
                            .map(deployment -> Manifests.container(deployment).getImage()))
                    .containsOnly(image.name());
            assertThat(image).extracting(Image::newTag).asString().matches("\\d+\\.\\d+\\.\\d+");
        });
    }
}
