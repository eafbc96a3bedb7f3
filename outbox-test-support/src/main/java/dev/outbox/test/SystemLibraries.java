package dev.outbox.test;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The libraries of the system that the programs of servers need and do not bring.
 *
 * @param stubs what stands in for those that this machine lacks, and the folder that has it
 */
record SystemLibraries(Map<StubLibrary, Path> stubs) {

    /** What the loader of the system says, before the program begins. */
    private static final String MISSING = "error while loading shared libraries: ";

    private static final String SEARCHED = "LD_LIBRARY_PATH";

    /** Where the folder with a stub comes from. */
    interface Source {
        Path folderOf(StubLibrary library) throws IOException;
    }

    SystemLibraries {
        stubs = Map.copyOf(stubs);
    }

    /**
     * What it takes to load the program: nothing where the system has all of it.
     *
     * @throws ServerStartException naming the missing library and what to install
     */
    static SystemLibraries of(String server, Path program, Source source) throws IOException {
        SystemLibraries libraries = new SystemLibraries(Map.of());
        Optional<String> missing = libraries.missing(program);
        while (missing.isPresent()) {
            libraries = libraries.with(server, missing.get(), source);
            missing = libraries.missing(program);
        }
        return libraries;
    }

    /**
     * Sees whether a program can be loaded for whose libraries there are no stubs.
     *
     * @param command what makes it say its version
     * @throws ServerStartException naming the missing library and what to install
     */
    static void require(String server, List<String> command) throws IOException {
        Optional<String> missing = missing(command);
        if (missing.isPresent()) {
            throw noStub(server, missing.get());
        }
    }

    /** What the server is told because of the stubs. */
    List<String> options() {
        return stubs.keySet().stream()
                .sorted()
                .flatMap(library -> library.options().stream())
                .toList();
    }

    /** The command, finding the stubs. */
    List<String> findable(List<String> command) {
        if (stubs.isEmpty()) {
            return command;
        }
        String folders =
                stubs.values().stream().map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
        String others = System.getenv(SEARCHED);
        List<String> all = new ArrayList<>(
                List.of("env", SEARCHED + "=" + (others == null ? folders : folders + File.pathSeparator + others)));
        all.addAll(command);
        return all;
    }

    private SystemLibraries with(String server, String missing, Source source) {
        StubLibrary library = StubLibrary.of(missing)
                .filter(found -> !stubs.containsKey(found))
                .orElseThrow(() -> noStub(server, missing));
        Map<StubLibrary, Path> more = new EnumMap<>(StubLibrary.class);
        more.putAll(stubs);
        try {
            more.put(library, source.folderOf(library));
        } catch (IOException e) {
            throw new ServerStartException(
                    "%s does not start: this machine has no %s, and no stub of it can be compiled (%s). Install the Debian packages libaio1 and libnuma1, or gcc, or start Docker."
                            .formatted(
                                    server,
                                    missing,
                                    String.valueOf(e.getMessage()).strip()),
                    e);
        }
        return new SystemLibraries(more);
    }

    private static ServerStartException noStub(String server, String missing) {
        return new ServerStartException(
                "%s does not start: this machine has no %s. Install the package that has it, or start Docker."
                        .formatted(server, missing));
    }

    private Optional<String> missing(Path program) throws IOException {
        return missing(findable(List.of(program.toString(), "--no-defaults", "--version")));
    }

    /** The library that the loader does not find, empty when the program can be loaded. */
    private static Optional<String> missing(List<String> command) throws IOException {
        try {
            Programs.run(command, String.join(" ", command));
            return Optional.empty();
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            int missing = message.indexOf(MISSING);
            if (missing < 0) {
                throw e;
            }
            return Optional.of(message.substring(missing + MISSING.length()).split(":", 2)[0]);
        }
    }
}
