package dev.outbox.test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The libraries of the system that the programs of MySQL need and do not bring. */
final class SystemLibraries {

    /** What the loader of the system says, before the program begins. */
    private static final String MISSING = "error while loading shared libraries: ";

    private SystemLibraries() {}

    /**
     * Does nothing where the program can be loaded.
     *
     * @throws ServerStartException naming the missing library and the package that has it
     */
    static void requireFor(String server, Path program) throws IOException {
        try {
            Programs.run(List.of(program.toString(), "--no-defaults", "--version"), program.toString());
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            int missing = message.indexOf(MISSING);
            if (missing < 0) {
                throw e;
            }
            String library = message.substring(missing + MISSING.length()).split(":", 2)[0];
            throw new ServerStartException(
                    "%s does not start: this machine has no %s. Install the Debian packages libaio1 and libnuma1, or start Docker."
                            .formatted(server, library),
                    e);
        }
    }
}
