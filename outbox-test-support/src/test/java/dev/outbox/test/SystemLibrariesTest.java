package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemLibrariesTest {

    @TempDir
    Path directory;

    @Test
    void missing_library_is_named_with_its_package() throws IOException {
        Path program = program(
                "echo \"$0: error while loading shared libraries: libaio.so.1: cannot open shared object file\"; exit 127");

        assertThatThrownBy(() -> SystemLibraries.requireFor("MySQL", program))
                .isInstanceOf(ServerStartException.class)
                .hasMessage("MySQL does not start: this machine has no libaio.so.1."
                        + " Install the Debian packages libaio1 and libnuma1, or start Docker.");
    }

    @Test
    void another_failure_is_told_as_it_is() throws IOException {
        Path program = program("echo broken; exit 1");

        assertThatThrownBy(() -> SystemLibraries.requireFor("MySQL", program))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("failed: broken");
    }

    @Test
    void program_that_loads_is_accepted() throws IOException {
        Path program = program("exit 0");

        assertThatCode(() -> SystemLibraries.requireFor("MySQL", program)).doesNotThrowAnyException();
    }

    private Path program(String script) throws IOException {
        Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh\n" + script + "\n");
        ServerArchive.makeExecutable(program);
        return program;
    }
}
