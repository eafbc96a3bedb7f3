package dev.outbox.sample.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The instructions of a Dockerfile, in their order.
 *
 * @param instructions without comments, each on one line
 */
record Dockerfile(List<Instruction> instructions) {
    static final Path SERVICE = Path.of("Dockerfile");

    /** Such as {@code USER} with the argument {@code 10001:10001}. */
    record Instruction(String name, String argument) {}

    static Dockerfile ofTheService() throws IOException {
        String text = Files.readString(SERVICE).replaceAll("(?m)^#.*\\R", "").replaceAll("\\\\\\R\\s*", "");
        return new Dockerfile(Arrays.stream(text.split("\\R"))
                .filter(line -> !line.isBlank())
                .map(line -> line.split(" ", 2))
                .map(parts -> new Instruction(parts[0], parts[1]))
                .toList());
    }

    List<String> all(String name) {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals(name))
                .map(Instruction::argument)
                .toList();
    }

    /** The number of the user that the last stage runs as. */
    long user() {
        return Long.parseLong(all("USER").get(0).split(":")[0]);
    }

    /** What takes the jar apart, word by word. */
    List<String> extraction() {
        return all("RUN").stream()
                .filter(command -> command.contains("-Djarmode=tools"))
                .map(command -> List.of(command.split(" ")))
                .findFirst()
                .orElseThrow();
    }

    /** The folders of the build that become layers of the image, in their order, relative to the build's folder. */
    List<String> layers() {
        return all("COPY").stream()
                .filter(copy -> copy.startsWith("--from=build "))
                .map(copy -> copy.split(" ")[1].replaceFirst("^/build/", ""))
                .toList();
    }
}
