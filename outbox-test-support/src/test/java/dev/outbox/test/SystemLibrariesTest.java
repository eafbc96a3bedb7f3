package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemLibrariesTest {

    @TempDir
    Path directory;

    private final List<StubLibrary> made = new ArrayList<>();

    @Test
    void program_that_loads_is_started_as_it_is() throws IOException {
        SystemLibraries libraries = SystemLibraries.of("MySQL", programThatNeeds(), this::stub);

        assertThat(made).isEmpty();
        assertThat(libraries.options()).isEmpty();
        assertThat(libraries.findable(List.of("server", "--port=1"))).containsExactly("server", "--port=1");
    }

    @Test
    void missing_libraries_are_replaced_by_stubs() throws IOException {
        Path program = programThatNeeds("libaio.so.1", "libnuma.so.1");

        SystemLibraries libraries = SystemLibraries.of("MySQL", program, this::stub);

        assertThat(made).containsExactly(StubLibrary.LIBAIO, StubLibrary.LIBNUMA);
        assertThat(libraries.options()).containsExactly("--innodb-use-native-aio=0");
        Programs.run(libraries.findable(List.of(program.toString())), "the program");
    }

    @Test
    void server_keeps_native_aio_when_only_another_library_is_missing() throws IOException {
        SystemLibraries libraries = SystemLibraries.of("MySQL", programThatNeeds("libnuma.so.1"), this::stub);

        assertThat(made).containsExactly(StubLibrary.LIBNUMA);
        assertThat(libraries.options()).isEmpty();
    }

    @Test
    void missing_library_is_named_with_its_package_where_nothing_compiles_a_stub() throws IOException {
        Path program = programThatNeeds("libaio.so.1");

        assertThatThrownBy(() -> SystemLibraries.of("MySQL", program, this::stubOfNoCompiler))
                .isInstanceOf(ServerStartException.class)
                .hasMessageStartingWith(
                        "MySQL does not start: this machine has no libaio.so.1, and no stub of it can be"
                                + " compiled (Cannot run program \"no-such-compiler\": ")
                .hasMessageEndingWith("). Install the Debian packages libaio1 and libnuma1, or gcc, or start Docker.");
    }

    @Test
    void missing_library_without_a_stub_is_named() throws IOException {
        Path program = programThatNeeds("libaio.so.1", "libcrypt.so.1");

        assertThatThrownBy(() -> SystemLibraries.of("MariaDB", program, this::stub))
                .isInstanceOf(ServerStartException.class)
                .hasMessage("MariaDB does not start: this machine has no libcrypt.so.1."
                        + " Install the package that has it, or start Docker.");
    }

    @Test
    void stub_that_does_not_help_is_not_tried_again() throws IOException {
        Path program = program(notFound("libaio.so.1"));

        assertThatThrownBy(() -> SystemLibraries.of("MySQL", program, this::stub))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("libaio.so.1");
        assertThat(made).containsExactly(StubLibrary.LIBAIO);
    }

    @Test
    void another_failure_is_told_as_it_is() throws IOException {
        Path program = program("echo broken; exit 1");

        assertThatThrownBy(() -> SystemLibraries.of("MySQL", program, this::stub))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("failed: broken");
    }

    @Test
    void library_of_a_program_without_stubs_is_named() throws IOException {
        Path program = programThatNeeds("libssl.so.3");

        assertThatThrownBy(() -> SystemLibraries.require("Redis", List.of(program.toString(), "--version")))
                .isInstanceOf(ServerStartException.class)
                .hasMessage("Redis does not start: this machine has no libssl.so.3."
                        + " Install the package that has it, or start Docker.");
        SystemLibraries.require("Redis", List.of(programThatNeeds().toString(), "--version"));
    }

    private Path stub(StubLibrary library) throws IOException {
        made.add(library);
        Path folder = Files.createDirectories(directory.resolve(library.name()));
        Files.writeString(folder.resolve(library.fileName()), "");
        return folder;
    }

    private Path stubOfNoCompiler(StubLibrary library) throws IOException {
        library.compile("no-such-compiler", directory);
        return directory;
    }

    /** Looks for its libraries one after the other, as the loader does. */
    private Path programThatNeeds(String... libraries) throws IOException {
        StringBuilder script = new StringBuilder("IFS=:\n");
        for (String library : libraries) {
            script.append("found=\nfor folder in $LD_LIBRARY_PATH; do [ -e $folder/%s ] && found=yes; done\n"
                    .formatted(library));
            script.append("[ $found ] || { %s; }\n".formatted(notFound(library)));
        }
        return program(script.toString());
    }

    private static String notFound(String library) {
        return "echo \"$0: error while loading shared libraries: %s: cannot open shared object file\"; exit 127"
                .formatted(library);
    }

    private Path program(String script) throws IOException {
        Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh\n" + script + "\n");
        ServerArchive.makeExecutable(program);
        return program;
    }
}
