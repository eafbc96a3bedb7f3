package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every database server does in tests. */
abstract class DatabaseServerContract<S extends DatabaseSchema> {

    @TempDir
    Path directory;

    abstract DatabaseServer<S> start(DatabaseOptions options);

    /** The arguments of {@link Main} that start a server in the directory that follows them. */
    abstract List<String> mainThatStartsOne();

    final ChildJvm startOwner() {
        String[] arguments = Stream.concat(mainThatStartsOne().stream(), Stream.of(directory.toString()))
                .toArray(String[]::new);
        return ChildJvm.start(Main.class, List.of(), arguments);
    }

    @Test
    void committed_contents_and_the_address_survive_kill_and_restart() throws SQLException {
        try (DatabaseServer<S> server = start(DatabaseOptions.temporary())) {
            S schema = server.createSchema("killed");
            execute(schema, "create table word (text varchar(9))");
            execute(schema, "insert into word values ('kept')");

            server.kill();

            assertThat(server.isRunning()).isFalse();
            assertThatThrownBy(schema::connect).isInstanceOf(SQLException.class);
            server.restart();
            assertThat(query(server.schemaNamed(schema.name()), "select text from word"))
                    .isEqualTo("kept");
        }
    }

    @Test
    void query_hangs_while_paused_and_completes_after_resume() throws Exception {
        try (DatabaseServer<S> server = start(DatabaseOptions.temporary())) {
            S schema = server.createSchema("paused");
            try (Connection connection = schema.connect();
                    Statement statement = connection.createStatement()) {
                server.pause();
                CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> {
                    try {
                        return statement.execute("select 2");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });

                assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
                server.resume();
                assertThat(answer.get(10, TimeUnit.SECONDS)).isTrue();
            }
            server.pause();
            server.kill();
        }
    }

    @Test
    void orphan_of_the_same_directory_is_replaced() {
        try (ChildJvm owner = startOwner()) {
            owner.awaitLine("ready", Duration.ofSeconds(30));
            RunningProcesses.killWatchers(directory);
            owner.kill();
        }
        List<ProcessHandle> orphans = RunningProcesses.of(directory);
        assertThat(orphans).isNotEmpty().allMatch(Processes::runs);

        try (DatabaseServer<S> server = start(DatabaseOptions.in(directory))) {
            assertThat(orphans).noneMatch(Processes::runs);
            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void failed_start_shows_the_log() {
        DatabaseOptions options = DatabaseOptions.temporary().withSetting("no_such_setting", "1");

        assertThatThrownBy(() -> start(options))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("ended at once")
                .hasMessageContaining("no_such_setting");
    }

    static void execute(DatabaseSchema schema, String sql) throws SQLException {
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String query(DatabaseSchema schema, String sql) throws SQLException {
        try (Connection connection = schema.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
