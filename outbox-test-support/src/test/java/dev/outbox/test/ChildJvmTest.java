package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildJvmTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void hasTheClassPathOfThisJvmAndItsOutputCanBeAwaited() {
        try (ChildJvm child = ChildJvm.start(Main.class, List.of(), "fail", "a \"quoted\" \\ argument")) {
            assertThat(child.exitCode(SOON)).isEqualTo(3);
            assertThat(child.awaitLine("failing", SOON)).isEqualTo("failing with ä, a \"quoted\" \\ argument");
            assertThat(child.output()).hasSize(1);
        }
    }

    @Test
    void endOfTheChildEndsTheWaitForALine() {
        try (ChildJvm child = ChildJvm.start(Main.class, List.of(), "fail", "soon")) {
            assertThatThrownBy(() -> child.awaitLine("never printed", SOON))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended without the line")
                    .hasMessageContaining("failing with ä, soon");
        }
    }

    @Test
    void dependsOnTheSignalHowItEnds() {
        try (ChildJvm killed = ChildJvm.start(Main.class, List.of(), "nothing");
                ChildJvm terminated = ChildJvm.start(Main.class, List.of(), "nothing");
                ChildJvm interrupted = ChildJvm.start(Main.class, List.of(), "nothing")) {
            killed.awaitLine("ready", SOON);
            terminated.awaitLine("ready", SOON);
            interrupted.awaitLine("ready", SOON);

            killed.kill();
            terminated.terminate();
            interrupted.interrupt();

            assertThat(killed.isAlive()).isFalse();
            assertThat(killed.exitCode(SOON)).isEqualTo(137);
            assertThat(terminated.exitCode(SOON)).isEqualTo(143);
            assertThat(interrupted.exitCode(SOON)).isEqualTo(130);
        }
    }

    @Test
    void standsStillWhilePaused() {
        try (ChildJvm child = ChildJvm.start(Main.class, List.of(), "ticks")) {
            child.awaitLine("tick 3", SOON);

            child.pause();
            int ticks = child.output().size();

            assertThat(child.isAlive()).isTrue();
            await().during(Duration.ofMillis(300)).until(() -> child.output().size() == ticks);
            child.resume();
            await().until(() -> child.output().size() > ticks);
        }
    }

    @Test
    void endsWithTheJvmThatStartedIt() {
        try (ChildJvm parent = ChildJvm.start(Main.class, List.of(), "child")) {
            String line = parent.awaitLine("child ", SOON);
            ProcessHandle child = ProcessHandle.of(Long.parseLong(line.substring("child ".length())))
                    .orElseThrow();
            assertThat(Processes.runs(child)).isTrue();

            parent.kill();

            await().until(() -> !Processes.runs(child));
        }
    }
}
