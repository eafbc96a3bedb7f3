package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.test.TcpProxy.Direction;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TcpProxyIntegrationTest {

    @Test
    void heldCommitReplyLeavesTheRowCommittedAndTheClientWithAnError() throws Exception {
        PostgresServer server = TestServers.postgres();
        PostgresSchema direct = server.createSchema("held");
        try (TcpProxy proxy = TcpProxy.to(server.host(), server.port());
                Connection observer = direct.connect();
                Connection connection = direct.through(proxy).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table word (text varchar)");
            connection.setAutoCommit(false);
            statement.execute("insert into word values ('committed')");

            proxy.hold(Direction.TO_CLIENT);
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> {
                try {
                    connection.commit();
                } catch (SQLException e) {
                    throw new CommitFailed(e.getSQLState());
                }
            });
            await().until(() -> count(observer) == 1);
            await().until(() -> proxy.held(Direction.TO_CLIENT) > 0);
            assertThat(commit.isDone()).isFalse();
            proxy.reset();

            assertThatThrownBy(() -> commit.get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(CommitFailed.class)
                    .hasMessage("08006");
            assertThat(count(observer)).isEqualTo(1);
        }
    }

    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from word")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static final class CommitFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CommitFailed(String sqlState) {
            super(sqlState);
        }
    }
}
