package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every test that a page names exists: its class, and the methods after the class in the same row. */
class DocumentedTestsTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern TEST = Pattern.compile("([A-Z]\\w*(?:Test|Contract))(?:\\.(\\w+\\*?\\w*))?");
    private static final Pattern METHOD = Pattern.compile("[a-z]+(?:_[a-z0-9]+)+_?\\*?|[a-z]+_\\*");

    @ParameterizedTest
    @ValueSource(strings = {"guarantees.md", "requirements.md"})
    void exists(String page) throws IOException {
        Map<String, String> tests = sources();
        List<String> missing = new ArrayList<>();
        for (String row : Files.readAllLines(Path.of("../docs", page))) {
            if (!row.startsWith("| ")) continue;
            String type = "";
            Matcher code = CODE.matcher(row);
            while (code.find()) {
                Matcher test = TEST.matcher(code.group(1));
                if (test.matches()) {
                    type = test.group(1);
                    if (!tests.containsKey(type)) missing.add(type);
                    else if (test.group(2) != null && !has(tests.get(type), test.group(2))) missing.add(code.group(1));
                } else if (!type.isEmpty() && METHOD.matcher(code.group(1)).matches()) {
                    if (!has(String.valueOf(tests.get(type)), code.group(1))) missing.add(type + "." + code.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static boolean has(String source, String method) {
        String name = method.replace("*", "\\w*");
        return Pattern.compile("(?:void|DynamicTest>) " + name + "\\(")
                .matcher(source)
                .find();
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.find(
                Path.of(".."), 20, (path, attributes) -> path.toString().matches(".*/src/.*(Test|Contract)\\.java"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                sources.merge(
                        name.substring(0, name.length() - ".java".length()), Files.readString(file), String::concat);
            }
        }
        return sources;
    }
}
