package dev.outbox.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Pastes what {@code docs/api-examples.md} says into a shell, and compares what it prints. */
@Timeout(120)
class ApiExamplesIntegrationTest extends RunningShop {
    private static final Path PAGE = Path.of("../docs/api-examples.md");
    private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final String END = "--- end of the block ---";

    @LocalServerPort
    private int port;

    @TempDir
    private Path folder;

    /** @param answer what it is said to print; empty if nothing is said */
    private record Example(String commands, String answer) {}

    @Test
    void the_answers_are_those_of_the_page() throws Exception {
        List<Example> examples = examples(Files.readString(PAGE));
        assertThat(examples).hasSizeGreaterThan(8);
        String script = examples.stream()
                .map(example -> example.commands() + "echo '" + END + "'\n")
                .collect(Collectors.joining("", "set -eu\n", ""));
        String[] printed = run(script).split(END + "\n");
        assertThat(printed).as("blocks that ran to their end").hasSameSizeAs(examples);
        for (int i = 0; i < printed.length; i++)
            assertThat(printed[i].strip())
                    .as(examples.get(i).commands())
                    .matches(pattern(examples.get(i).answer().strip()));
    }

    private static List<Example> examples(String page) {
        List<Example> examples = new ArrayList<>();
        Matcher block = BLOCK.matcher(page);
        while (block.find()) {
            if (block.group(1).equals("bash")) examples.add(new Example(block.group(2), ""));
            else {
                Example asked = examples.remove(examples.size() - 1);
                examples.add(new Example(asked.commands(), block.group(2)));
            }
        }
        return examples;
    }

    /** The three dots stand for anything within a line. */
    private static Pattern pattern(String answer) {
        return Pattern.compile(
                Stream.of(answer.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    private String run(String script) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("examples.sh"), script);
        ProcessBuilder shell = new ProcessBuilder("bash", file.toString()).redirectErrorStream(true);
        shell.environment().put("SHOP", "http://localhost:" + port);
        Process process = shell.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
