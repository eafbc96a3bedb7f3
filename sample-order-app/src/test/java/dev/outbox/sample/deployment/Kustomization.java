package dev.outbox.sample.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A {@code kustomization.yaml}, with those of its fields that ours use; another one is an error. */
record Kustomization(
        String apiVersion,
        String kind,
        String namespace,
        List<String> resources,
        List<Generator> configMapGenerator,
        List<Generator> secretGenerator,
        List<Image> images,
        List<Patch> patches) {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    record Generator(String name, String behavior, List<String> envs) {}

    record Image(String name, String newName, String newTag) {}

    record Patch(String path, Target target) {}

    record Target(String group, String version, String kind) {}

    Kustomization {
        resources = listed(resources);
        configMapGenerator = listed(configMapGenerator);
        secretGenerator = listed(secretGenerator);
        images = listed(images);
        patches = listed(patches);
    }

    private static <T> List<T> listed(List<T> given) {
        return Optional.ofNullable(given).orElse(List.of());
    }

    static Kustomization of(Path folder) throws IOException {
        return STRICT.convertValue(YamlFiles.one(folder.resolve("kustomization.yaml")), Kustomization.class);
    }

    /** What a checkout has to have beside {@code kustomization.yaml}: of secrets the example, because the real one is not in git. */
    TreeSet<String> files() {
        TreeSet<String> files = new TreeSet<>(resources);
        patches.forEach(patch -> files.add(patch.path()));
        configMapGenerator.forEach(generator -> files.addAll(generator.envs()));
        for (Generator generator : secretGenerator) for (String file : generator.envs()) files.add(file + ".example");
        return files;
    }

    /** The settings that the containers get, secrets included, as far as this folder says it: those of the examples. */
    Map<String, String> environment(Path folder) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        for (Generator generator : configMapGenerator)
            for (String file : generator.envs()) environment.putAll(variables(folder.resolve(file)));
        for (Generator generator : secretGenerator)
            for (String file : generator.envs()) environment.putAll(variables(folder.resolve(file + ".example")));
        return environment;
    }

    static Map<String, String> variables(Path file) throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        try (Stream<String> lines = Files.lines(file)) {
            lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("=", 2))
                    .forEach(variable -> variables.put(variable[0], variable[1]));
        }
        return variables;
    }
}
