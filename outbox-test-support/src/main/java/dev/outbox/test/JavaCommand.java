package dev.outbox.test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of a further JVM with the class path of this one. */
final class JavaCommand {

    private JavaCommand() {}

    /** Writes everything but the program into a file, as a class path may be longer than a command line. */
    static List<String> write(Path argumentFile, List<String> jvmOptions, Class<?> main, List<String> arguments)
            throws IOException {
        List<String> all =
                new ArrayList<>(List.of("-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
        all.addAll(jvmOptions);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        all.addAll(arguments);
        Files.writeString(
                argumentFile,
                all.stream().map(JavaCommand::quoted).collect(Collectors.joining("\n")),
                StandardCharsets.UTF_8);
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + argumentFile);
    }

    private static String quoted(String argument) {
        return '"'
                + argument.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }
}
