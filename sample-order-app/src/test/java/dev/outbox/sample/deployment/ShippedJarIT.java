package dev.outbox.sample.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.OrderApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The jar as it is packaged, and the image that is made of it as far as this can be seen without one. Needs the jar, so it runs with {@code mvn verify} alone. */
class ShippedJarIT {
    @TempDir
    Path build;

    private Path jar;

    @BeforeEach
    void find() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            List<Path> jars = files.filter(
                            file -> file.getFileName().toString().matches("sample-order-app-[^/]*\\.jar"))
                    .toList();
            assertThat(jars).as("what the Dockerfile takes").hasSize(1);
            jar = jars.get(0);
        }
    }

    @Test
    void it_starts_the_service_and_not_what_has_servers_beside_it() throws IOException {
        assertThat(manifest(jar).getValue("Start-Class")).isEqualTo(OrderApplication.class.getName());
    }

    @Test
    void the_layers_of_the_image_are_everything_that_it_takes_to_start() throws Exception {
        Dockerfile dockerfile = Dockerfile.ofTheService();
        Files.copy(jar, build.resolve("application.jar"));
        extract(dockerfile.extraction());
        List<Path> layers = dockerfile.layers().stream().map(build::resolve).toList();
        assertThat(layers).hasSize(3).allSatisfy(layer -> assertThat(layer).isDirectory());
        assertThat(filesIn(build.resolve("extracted")))
                .as("nothing is left behind")
                .allMatch(file -> layers.stream().anyMatch(file::startsWith));

        Path application = layers.get(2).resolve(startedJar(dockerfile));
        Attributes started = manifest(application);
        assertThat(started.getValue(Attributes.Name.MAIN_CLASS)).isEqualTo(OrderApplication.class.getName());
        assertThat(started.getValue(Attributes.Name.CLASS_PATH).split(" "))
                .hasSizeGreaterThan(100)
                .allSatisfy(library -> assertThat(layers.stream().map(layer -> layer.resolve(library)))
                        .anyMatch(Files::isRegularFile));
    }

    /** By the very command of the Dockerfile, with this JVM's own java. */
    private void extract(List<String> words) throws Exception {
        List<String> command = new ArrayList<>(words);
        assertThat(command.set(0, ProcessHandle.current().info().command().orElseThrow()))
                .isEqualTo("java");
        Path output = build.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(build.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    private static String startedJar(Dockerfile dockerfile) {
        List<?> command =
                JsonMapper.shared().readValue(dockerfile.all("ENTRYPOINT").get(0), List.class);
        return command.get(command.indexOf("-jar") + 1).toString();
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.find(folder, 20, (file, attributes) -> attributes.isRegularFile())) {
            return files.toList();
        }
    }

    private static Attributes manifest(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes();
        }
    }
}
