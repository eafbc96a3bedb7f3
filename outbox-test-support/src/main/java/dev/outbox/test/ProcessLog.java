package dev.outbox.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What one run of a process has printed into a file.
 *
 * @param file the file, which may hold earlier runs before it
 * @param start the first byte of this run
 */
record ProcessLog(Path file, long start) {

    private static final int TAIL = 40;

    /** The log of a run that is about to start. */
    static ProcessLog behind(Path file) throws IOException {
        return new ProcessLog(file, Files.exists(file) ? Files.size(file) : 0);
    }

    /** The complete lines so far. */
    List<String> lines() {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(start);
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last lines, for an error message. */
    String tail() {
        List<String> lines = lines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
    }
}
