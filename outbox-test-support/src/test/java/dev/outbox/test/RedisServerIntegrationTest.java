package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerIntegrationTest {

    private static final String OK = "+OK";

    @TempDir
    Path directory;

    @Test
    void it_keeps_its_address_and_nothing_else_over_stop_and_restart() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            int port = server.port();
            assertThat(ask(server, "SET word kept")).isEqualTo(OK);

            server.stop();

            assertThat(server.isRunning()).isFalse();
            assertThatThrownBy(() -> ask(server, "PING")).isInstanceOf(IOException.class);
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(ask(server, "EXISTS word")).isEqualTo(":0");
        }
    }

    @Test
    void with_a_directory_it_keeps_its_contents_until_the_next_server() throws IOException {
        RedisOptions options = RedisOptions.in(directory.resolve("new/data"));
        try (RedisServer first = RedisServer.start(options)) {
            assertThat(ask(first, "SET word kept")).isEqualTo(OK);
            first.restart();
            assertThat(ask(first, "EXISTS word")).isEqualTo(":1");
        }
        try (RedisServer second = RedisServer.start(options)) {
            assertThat(ask(second, "EXISTS word")).isEqualTo(":1");
        }
    }

    @Test
    void paused_server_answers_after_resume_and_can_be_killed_and_closed() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            try (Socket client = new Socket(server.host(), server.port())) {
                server.pause();
                client.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
                server.resume();
                assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("+PONG");
            }
            server.pause();
            server.kill();
            assertThat(server.isRunning()).isFalse();
            server.restart();
            server.pause();
        }
    }

    @Test
    void orphan_of_the_same_directory_is_replaced() {
        try (ChildJvm owner = ChildJvm.start(Main.class, List.of(), "redis", directory.toString())) {
            owner.awaitLine("ready", Duration.ofSeconds(30));
            RunningProcesses.killWatchers(directory);
            owner.kill();
        }
        List<ProcessHandle> orphans = RunningProcesses.of(directory);
        assertThat(orphans).isNotEmpty().allMatch(Processes::runs);

        try (RedisServer server = RedisServer.start(RedisOptions.in(directory))) {
            assertThat(orphans).noneMatch(Processes::runs);
            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void failed_start_shows_the_log() {
        RedisOptions options = RedisOptions.temporary().withSetting("no-such-setting", "1");

        assertThatThrownBy(() -> RedisServer.start(options))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("ended at once")
                .hasMessageContaining("no-such-setting");
    }

    @Test
    void taken_port_is_named() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            RedisOptions options = RedisOptions.temporary().withPort(taken.getLocalPort());

            assertThatThrownBy(() -> RedisServer.start(options))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessage(
                            "Redis cannot listen on port %d: another program has taken it. Stop that program or choose another port.",
                            taken.getLocalPort());
        }
    }

    @Test
    void machine_without_a_program_is_told_what_to_do() {
        assertThatThrownBy(() -> EmbeddedRedis.program("Plan 9-vax"))
                .isInstanceOf(FileNotFoundException.class)
                .hasMessage("no program for Plan 9-vax; start Docker");
    }

    /** The first line of the answer to a command. */
    private static String ask(RedisServer server, String command) throws IOException {
        try (Socket client = new Socket(server.host(), server.port())) {
            client.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            StringBuilder line = new StringBuilder();
            for (int next = client.getInputStream().read();
                    next > '\r';
                    next = client.getInputStream().read()) line.append((char) next);
            return line.toString();
        }
    }
}
