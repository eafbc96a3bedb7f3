package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/configuration.md names every property with its default, and no other; those of the console are compared in its module. */
class ConfigurationPageTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `(outbox\\.(?!console\\.)[a-z.-]+)` \\| (?:`(.*?)`|–) \\|", Pattern.MULTILINE);

    @Test
    void documents_every_property_with_its_default() throws Exception {
        Map<String, String> documented = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../docs/configuration.md")));
        while (row.find()) documented.put(row.group(1), String.valueOf(row.group(2)));

        Map<String, String> existing = new TreeMap<>();
        try (InputStream metadata = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : new JsonMapper().readTree(metadata).get("properties")) {
                String name = property.get("name").asString();
                // others are Spring Boot's own for the actuator endpoint
                if (!name.startsWith("outbox.")) continue;
                JsonNode value = property.get("defaultValue");
                existing.put(name, value == null ? "null" : value.asString());
            }
        }
        assertThat(documented).isEqualTo(existing);
    }

    @Test
    void every_property_has_a_description_in_the_metadata() throws Exception {
        try (InputStream metadata = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            assertThat(new JsonMapper().readTree(metadata).get("properties"))
                    .isNotEmpty()
                    .allSatisfy(property -> assertThat(property.hasNonNull("description"))
                            .as(property.get("name").asString())
                            .isTrue());
        }
    }
}
