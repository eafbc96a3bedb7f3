package dev.outbox.sample.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The Dockerfile, and what of the repository its build sees. {@code ShippedJarIT} takes the jar apart as it does. */
class ImageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern MODULE = Pattern.compile("<module>(.+)</module>");

    private final Dockerfile dockerfile = Dockerfile.ofTheService();

    ImageTest() throws IOException {}

    @Test
    void the_images_that_it_starts_from_have_versions() {
        assertThat(dockerfile.all("FROM"))
                .hasSize(2)
                .allMatch(image -> image.matches("[a-z-]+:\\d+\\.\\d+\\.\\d+[\\w.-]*( AS build)?"));
        assertThat(dockerfile.all("FROM").get(1))
                .as("no compiler where it runs")
                .contains("-jre");
    }

    @Test
    void it_runs_as_a_user_with_a_number_who_is_not_root() {
        assertThat(dockerfile.all("USER")).singleElement().asString().matches("[1-9]\\d*:[1-9]\\d*");
    }

    @Test
    void the_jvm_is_the_process_that_signals_reach_and_knows_the_limits_of_its_container() {
        List<?> command =
                JsonMapper.shared().readValue(dockerfile.all("ENTRYPOINT").get(0), List.class);
        assertThat(command).first().isEqualTo("java");
        assertThat(dockerfile.all("ENV"))
                .singleElement()
                .asString()
                .startsWith("JAVA_TOOL_OPTIONS=")
                .contains("-XX:MaxRAMPercentage=");
    }

    @Test
    void no_secret_is_built_in() {
        assertThat(dockerfile.instructions())
                .noneMatch(instruction -> instruction.argument().matches("(?i).*(password|secret|token).*"));
    }

    @Test
    void the_ports_are_those_of_the_pods() throws IOException {
        String[] ports = dockerfile.all("EXPOSE").get(0).split(" ");
        assertThat(Manifests.base().deployments().map(Manifests::container))
                .allSatisfy(container -> assertThat(container.getPorts())
                        .extracting(port -> port.getContainerPort().toString())
                        .containsExactly(ports));
    }

    @Test
    void the_build_sees_what_maven_needs_of_every_module() throws IOException {
        Context context = Context.read();
        assertThat(List.of("pom.xml", ".mvn/jvm.config")).allMatch(context::contains);
        List<String> modules = MODULE.matcher(Files.readString(ROOT.resolve("pom.xml")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(modules).contains("sample-order-app", "outbox-core").allSatisfy(module -> {
            assertThat(context.contains(module + "/pom.xml")).isTrue();
            assertThat(context.contains(module + "/src/main/java/A.java")).isTrue();
        });
    }

    @Test
    void the_build_sees_no_passwords_no_history_and_no_earlier_builds() throws IOException {
        Context context = Context.read();
        assertThat(List.of(
                        ".git/config",
                        "sample-order-app/k8s/base/secret.env",
                        "sample-order-app/k8s/overlays/kafka-tls/kafka-secret.env",
                        "sample-order-app/data/mysql/ibdata1",
                        "sample-order-app/target/classes/A.class",
                        "sample-order-app/src/test/java/A.java",
                        "secret.env"))
                .noneMatch(context::contains);
    }

    /** The lines of {@code .dockerignore}: the last one that fits a file or a folder around it decides, and one with an exclamation mark lets it in. */
    private record Context(List<String> rules) {
        static Context read() throws IOException {
            return new Context(Files.readAllLines(ROOT.resolve(".dockerignore")).stream()
                    .filter(line -> !line.startsWith("#"))
                    .toList());
        }

        boolean contains(String file) {
            boolean contained = true;
            for (String rule : rules) {
                boolean letsIn = rule.startsWith("!");
                if (fits(letsIn ? rule.substring(1) : rule, Path.of(file))) contained = letsIn;
            }
            return contained;
        }

        private static boolean fits(String rule, Path file) {
            for (Path path = file; path != null; path = path.getParent())
                if (FileSystems.getDefault().getPathMatcher("glob:" + rule).matches(path)) return true;
            return false;
        }
    }
}
