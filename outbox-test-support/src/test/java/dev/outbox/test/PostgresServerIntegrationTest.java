package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresServerIntegrationTest extends DatabaseServerContract<PostgresSchema> {

    @Test
    void contentsSurviveStopAndRestart() throws SQLException {
        try (PostgresServer server = PostgresServer.start()) {
            PostgresSchema schema = server.createSchema("stopped");
            execute(schema, "create table word as select 'kept' as text");

            server.stop();
            server.restart();

            assertThat(query(schema, "select text from word")).isEqualTo("kept");
        }
    }

    @Test
    void pausedServerCanBeKilledAndClosed() {
        try (PostgresServer server = PostgresServer.start()) {
            server.pause();
            server.kill();
            server.restart();
            server.pause();
        }
    }

    @Test
    void schemasOfOneServerAreIsolated() throws SQLException {
        PostgresServer server = TestServers.postgres();
        PostgresSchema one = server.createSchema("same");
        PostgresSchema other = server.createSchema("same");

        execute(one, "create table word (text varchar)");

        assertThat(other.name()).isNotEqualTo(one.name());
        assertThatThrownBy(() -> query(other, "select text from word")).hasMessageContaining("does not exist");
    }

    @Test
    void durableServerWaitsForTheDisk() throws SQLException {
        DatabaseOptions options = DatabaseOptions.in(directory).withSetting("max_connections", "17");
        try (PostgresServer server = PostgresServer.start(options)) {
            PostgresSchema schema = server.createSchema("durable");

            assertThat(query(schema, "show fsync")).isEqualTo("on");
            assertThat(query(schema, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(schema, "show max_connections")).isEqualTo("17");
        }
    }

    @Test
    void nextServerOfADirectoryGoesOnWithItsContents() throws SQLException {
        DatabaseOptions options = DatabaseOptions.in(directory.resolve("new/data"));
        String name;
        try (PostgresServer first = PostgresServer.start(options)) {
            PostgresSchema schema = first.createSchema("again");
            execute(schema, "create table word as select 'kept' as text");
            name = schema.name();
        }

        try (PostgresServer second = PostgresServer.start(options)) {
            PostgresSchema schema = new PostgresSchema(name, second.host(), second.port());
            assertThat(query(schema, "select text from word")).isEqualTo("kept");
        }
    }

    @Test
    void folderThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> PostgresServer.start(DatabaseOptions.in(file)))
                .isInstanceOf(ServerStartException.class)
                .hasMessageStartingWith("PostgreSQL cannot keep its data in " + file)
                .hasMessageContaining("is not a folder")
                .hasMessageContaining("choose another folder");
        assertThatThrownBy(() -> PostgresServer.start(DatabaseOptions.in(file.resolve("below"))))
                .isInstanceOf(ServerStartException.class)
                .hasMessageStartingWith("PostgreSQL cannot keep its data in " + file.resolve("below"));
    }

    @Test
    void folderInUseIsNamed() {
        try (PostgresServer server = PostgresServer.start(DatabaseOptions.in(directory))) {
            assertThatThrownBy(() -> PostgresServer.start(DatabaseOptions.in(directory)))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining(directory + ": the folder is in use by another server of this JVM");
            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void folderInUseByAnotherProcessIsNamed() {
        try (ChildJvm owner = startOwner()) {
            owner.awaitLine("ready", Duration.ofSeconds(30));

            assertThatThrownBy(() -> PostgresServer.start(DatabaseOptions.in(directory)))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining(directory + ": the folder is in use by process " + owner.pid());
        }
        // its server goes after it, and writes into the folder until then
        await().atMost(Duration.ofSeconds(30))
                .until(() -> RunningProcesses.of(directory).isEmpty());
    }

    @Test
    void takenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            DatabaseOptions options = DatabaseOptions.temporary().withPort(taken.getLocalPort());

            assertThatThrownBy(() -> PostgresServer.start(options))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessage(
                            "PostgreSQL cannot listen on port %d: another program has taken it. Stop that program or choose another port.",
                            taken.getLocalPort());
        }
    }

    @Override
    PostgresServer start(DatabaseOptions options) {
        return PostgresServer.start(options);
    }

    @Override
    List<String> mainThatStartsOne() {
        return List.of("postgres");
    }
}
