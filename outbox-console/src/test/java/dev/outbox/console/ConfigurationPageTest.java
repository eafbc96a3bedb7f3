package dev.outbox.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/configuration.md names every property of this module with its default. */
class ConfigurationPageTest {
    @Test
    void documents_every_property_with_its_default() throws Exception {
        List<String> rows = new ArrayList<>();
        String metadata = Files.readString(Path.of("target/classes/META-INF/spring-configuration-metadata.json"));
        for (JsonNode property : new JsonMapper().readTree(metadata).path("properties")) {
            assertThat(property.path("description").asString("")).isNotEmpty();
            rows.add("| `%s` | `%s` |"
                    .formatted(
                            property.path("name").asString(),
                            property.path("defaultValue").asString()));
        }
        assertThat(Files.readAllLines(Path.of("../docs/configuration.md")).stream()
                        .filter(line -> line.startsWith("| `outbox.console."))
                        .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 1) + 1) + 1)))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(rows);
    }
}
