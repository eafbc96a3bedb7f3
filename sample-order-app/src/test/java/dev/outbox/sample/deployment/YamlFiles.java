package dev.outbox.sample.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Files in YAML, with merge keys and references resolved; one that says the same thing twice is an error. */
final class YamlFiles {
    private YamlFiles() {}

    static Map<String, Object> one(Path file) throws IOException {
        List<Map<String, Object>> documents = all(file);
        if (documents.size() != 1) throw new IllegalArgumentException(file + " has several documents.");
        return documents.get(0);
    }

    @SuppressWarnings("unchecked") // a document of these files is a mapping
    static List<Map<String, Object>> all(Path file) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Yaml yaml = new Yaml(new SafeConstructor(options));
        return StreamSupport.stream(yaml.loadAll(Files.readString(file)).spliterator(), false)
                .map(document -> (Map<String, Object>) document)
                .toList();
    }
}
