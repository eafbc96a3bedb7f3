package dev.outbox.test;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A library of the system that MySQL does not load without and can do without: a stub of it, compiled on this machine,
 * has the functions and says that they do not work.
 */
enum StubLibrary {

    /** Asynchronous input and output of the kernel. The server has threads for it as well. */
    LIBAIO("libaio", "--innodb-use-native-aio=0"),

    /** The placement of memory, which the server asks for whether it is available. */
    LIBNUMA("libnuma");

    private static final String COMPILER = "cc";

    private final String title;
    private final List<String> options;

    StubLibrary(String title, String... options) {
        this.title = title;
        this.options = List.of(options);
    }

    /** The stub of a file that the loader misses, empty when there is none. */
    static Optional<StubLibrary> of(String fileName) {
        return Stream.of(values())
                .filter(library -> library.fileName().equals(fileName))
                .findAny();
    }

    String fileName() {
        return title + ".so.1";
    }

    /** What a server with this stub is told. */
    List<String> options() {
        return options;
    }

    /** The folder that has the stub, compiled once for each user. */
    Path folder() throws IOException {
        // another source makes another folder
        String name = "%s-stub-%08x".formatted(title, (source() + versions()).hashCode());
        return MadeOnce.folder(name, folder -> compile(COMPILER, folder));
    }

    /** Needs a compiler and its linker, and no headers or libraries. */
    void compile(String compiler, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path source = Files.writeString(folder.resolve(title + ".c"), source());
        Path versions = Files.writeString(folder.resolve(title + ".map"), versions());
        List<String> command = List.of(
                compiler,
                "-shared",
                "-fPIC",
                "-nostdlib",
                "-Wl,-soname," + fileName(),
                "-Wl,--version-script," + versions,
                "-o",
                folder.resolve(fileName()).toString(),
                source.toString());
        Programs.run(command, compiler);
    }

    private String source() throws IOException {
        return resource(title + ".c");
    }

    /** The versions of the functions, under which the programs of MySQL ask for them. */
    private String versions() throws IOException {
        return resource(title + ".map");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = StubLibrary.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("the class path has no dev/outbox/test/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
