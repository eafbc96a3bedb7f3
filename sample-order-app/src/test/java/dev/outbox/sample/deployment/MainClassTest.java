package dev.outbox.sample.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.sample.OrderApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** What Maven starts, which pom.xml says. What is in the jar {@code ShippedJarIT} looks at. */
class MainClassTest {
    private static final String TOGETHER_WITH_SERVERS = "dev.outbox.sample.LocalOrderApplication";
    private static final String ALONE = OrderApplication.class.getName();

    private final XPath xpath = XPathFactory.newInstance().newXPath();
    private Document pom;

    @BeforeEach
    void read() throws Exception {
        pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile());
    }

    private String text(String path) throws Exception {
        return xpath.evaluate(path, pom);
    }

    @Test
    void test_run_starts_the_servers_as_well() throws Exception {
        assertThat(text("/project/properties/spring-boot.run.main-class")).isEqualTo(TOGETHER_WITH_SERVERS);
        assertThat(source("test", TOGETHER_WITH_SERVERS)).isRegularFile();
    }

    @Test
    void run_with_the_profile_local_starts_the_service_alone() throws Exception {
        String profile =
                "/project/profiles/profile[activation/property[name='spring-boot.run.profiles' and value='local']]";
        assertThat(text(profile + "/properties/spring-boot.run.main-class")).isEqualTo(ALONE);
        assertThat(source("main", ALONE)).as("what run can see").isRegularFile();
        assertThat(Files.isRegularFile(Path.of("src", "main", "resources", "application-local.yml")))
                .isTrue();
    }

    @Test
    void the_jar_starts_the_service_alone_whatever_maven_starts() throws Exception {
        assertThat(text("//plugin[artifactId='spring-boot-maven-plugin']/executions/execution[id='repackage']"
                        + "/configuration/mainClass"))
                .isEqualTo(ALONE);
    }

    private static Path source(String set, String type) {
        return Path.of("src", set, "java").resolve(type.replace('.', '/') + ".java");
    }
}
