package dev.outbox.sample.deployment;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Names of environment variables that the service looks at: by the metadata of all libraries that it uses, and by the table of its own page.
 *
 * @param names of single settings
 * @param beginnings of settings with keys of one's own, such as those that are handed on to Kafka
 */
record KnownSettings(Set<String> names, Set<String> beginnings) {
    private static final Path PAGE = Path.of("..", "docs", "sample.md");
    private static final Pattern OF_THE_PAGE = Pattern.compile("`((?:SAMPLE|MOCK)_[A-Z_]+)`");

    static KnownSettings read() throws IOException {
        KnownSettings settings = new KnownSettings(new HashSet<>(), new HashSet<>());
        OF_THE_PAGE
                .matcher(Files.readString(PAGE))
                .results()
                .map(match -> match.group(1))
                .forEach(settings.names::add);
        for (URL file : Collections.list(
                KnownSettings.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json")))
            settings.add(file);
        return settings;
    }

    private void add(URL file) throws IOException {
        try (InputStream metadata = file.openStream()) {
            for (JsonNode property : JsonMapper.shared().readTree(metadata).path("properties")) {
                String name = variable(property.get("name").asString());
                names.add(name);
                if (property.path("type").asString("").startsWith("java.util.Map<")) beginnings.add(name + "_");
            }
        }
    }

    /** As Spring Boot derives it: dots become underscores, hyphens go. */
    private static String variable(String property) {
        return property.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
    }

    boolean contains(String variable) {
        return names.contains(variable) || beginnings.stream().anyMatch(variable::startsWith);
    }
}
