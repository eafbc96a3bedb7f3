package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServersOfAnEndedJvmIntegrationTest {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void killedJvmLeavesNoServerBehind(boolean paused) {
        List<ProcessHandle> servers;
        try (ChildJvm owner =
                ChildJvm.start(Main.class, List.of(), "servers", directory.toString(), Boolean.toString(paused))) {
            owner.awaitLine("ready", START);
            servers = RunningProcesses.of(directory);
            // not all: PostgreSQL has processes that come and go
            assertThat(servers).filteredOn(Processes::runs).hasSizeGreaterThan(2);

            owner.kill();
        }

        await().atMost(END).until(() -> servers.stream().noneMatch(Processes::runs));
    }

    @Test
    void serversOutliveTheShutdownHooksAfterControlC() throws Exception {
        try (ChildJvm owner = ChildJvm.start(Main.class, List.of(), "servers", directory.toString(), "false")) {
            owner.awaitLine("ready", START);

            interruptProcessGroup(owner);

            assertThat(owner.exitCode(START)).isEqualTo(130);
            assertThat(owner.output()).contains("at shutdown PostgreSQL answers true", "at shutdown Kafka answers");
        }
        await().atMost(END).until(() -> RunningProcesses.of(directory).isEmpty());
    }

    /** As a terminal does it on Ctrl-C. */
    private static void interruptProcessGroup(ChildJvm leader) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -INT -" + leader.pid()).start();
        assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }
}
