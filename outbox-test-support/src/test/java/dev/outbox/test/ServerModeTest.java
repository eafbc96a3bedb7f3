package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ServerModeTest {

    @Test
    void takesDockerWhereThatIsAvailable() {
        assertThat(ServerMode.of("auto", () -> true)).isEqualTo(ServerMode.DOCKER);
        assertThat(ServerMode.of("auto", () -> false)).isEqualTo(ServerMode.EMBEDDED);
    }

    @Test
    void followsTheChoice() {
        assertThat(ServerMode.of("docker", () -> true)).isEqualTo(ServerMode.DOCKER);
        assertThat(ServerMode.of("Embedded", () -> true)).isEqualTo(ServerMode.EMBEDDED);
    }

    @Test
    void doesNotReplaceAChosenDockerThatIsMissing() {
        assertThatThrownBy(() -> ServerMode.of("docker", () -> false))
                .isInstanceOf(ServerStartException.class)
                .hasMessage("No Docker answers. Start it, or set OUTBOX_TEST_SERVERS=embedded.");
    }

    @Test
    void refusesAnUnknownChoice() {
        assertThatThrownBy(() -> ServerMode.of("podman", () -> true))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("'podman'")
                .hasMessageContaining("outbox.test.servers")
                .hasMessageContaining("auto, docker or embedded");
    }
}
