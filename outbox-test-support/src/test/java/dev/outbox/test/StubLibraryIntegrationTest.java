package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StubLibraryIntegrationTest {

    @BeforeEach
    void needs_a_compiler() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc"))),
                "no C compiler (cc) makes stubs here");
        assumeTrue(
                "Linux-amd64".equals(System.getProperty("os.name") + "-" + System.getProperty("os.arch")),
                "MySQL is not embedded here");
    }

    @Test
    void mysql_finds_in_the_stubs_whatever_it_is_linked_to() throws IOException, InterruptedException {
        Path program = MySqlFlavour.MYSQL.programs().resolve(MySqlFlavour.MYSQL.program());
        ProcessBuilder version = new ProcessBuilder(List.of(program.toString(), "--no-defaults", "--version"));
        version.environment().put("LD_LIBRARY_PATH", StubLibrary.LIBAIO.folder() + ":" + StubLibrary.LIBNUMA.folder());
        version.environment().put("LD_BIND_NOW", "1");

        Process process = version.redirectErrorStream(true).start();

        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("Ver 8.0.").doesNotContain("no version information");
    }

    @Test
    void stub_is_compiled_once() throws IOException {
        Path stub = StubLibrary.LIBAIO.folder().resolve("libaio.so.1");
        Object before = Files.getAttribute(stub, "unix:ino");

        assertThat(StubLibrary.LIBAIO.folder().resolve("libaio.so.1")).isEqualTo(stub);
        assertThat(Files.getAttribute(stub, "unix:ino")).isEqualTo(before);
    }
}
