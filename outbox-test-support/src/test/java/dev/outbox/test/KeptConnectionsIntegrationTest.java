package dev.outbox.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class KeptConnectionsIntegrationTest {
    private final PostgresSchema schema = TestServers.postgres().createSchema("kept");
    private final KeptConnections connections = new KeptConnections(schema);
    private final JdbcTemplate jdbc = new JdbcTemplate(connections);

    @Test
    void a_connection_is_kept_for_the_next_one_who_asks() {
        assertThat(session()).isEqualTo(session());
    }

    @Test
    void two_at_once_have_one_each() throws SQLException {
        try (Connection other = connections.getConnection()) {
            assertThat(session()).isNotEqualTo(session(other));
        }
    }

    @Test
    void schemas_have_their_own() {
        int session = session();
        KeptConnections elsewhere = new KeptConnections(TestServers.postgres().createSchema("kept"));
        assertThat(new JdbcTemplate(elsewhere).queryForObject("SELECT pg_backend_pid()", Integer.class))
                .isNotEqualTo(session);
    }

    @Test
    void what_was_not_committed_is_rolled_back() throws SQLException {
        jdbc.execute("CREATE TABLE word (text varchar(9))");
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO word VALUES ('lost')");
        }
        assertThat(jdbc.queryForList("SELECT text FROM word")).isEmpty();
        try (Connection next = connections.getConnection()) {
            assertThat(next.getAutoCommit()).isTrue();
        }
    }

    @Test
    void one_that_the_server_has_ended_is_not_kept() throws SQLException {
        int ended;
        try (Connection connection = connections.getConnection()) {
            ended = session(connection);
            jdbc.execute("SELECT pg_terminate_backend(%d, 5000)".formatted(ended));
        }
        try (Connection next = connections.getConnection();
                Connection another = connections.getConnection()) {
            assertThat(List.of(session(next), session(another))).doesNotContain(ended);
        }
    }

    @Test
    void who_has_closed_one_cannot_use_it_any_more() throws SQLException {
        Connection connection = connections.getConnection();
        connection.close();
        connection.close();
        assertThat(connection.isClosed()).isTrue();
        assertThatThrownBy(connection::createStatement).hasMessage("The connection is closed");
        try (Connection one = connections.getConnection();
                Connection other = connections.getConnection()) {
            assertThat(session(one)).as("given back once").isNotEqualTo(session(other));
        }
    }

    @Test
    void only_those_used_last_are_kept() throws SQLException {
        List<Connection> many = new ArrayList<>();
        for (int i = 0; i < 30; i++) many.add(connections.getConnection());
        try (Connection observer = schema.connect();
                Statement statement = observer.createStatement()) {
            for (Connection connection : many) sign(connection);
            assertThat(signed(statement)).isEqualTo(30);
            for (Connection connection : many) connection.close();
            await().until(() -> signed(statement) == 24);
        }
    }

    private void sign(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = '%s'".formatted(schema.name()));
        }
    }

    private int signed(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '%s'".formatted(schema.name()))) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private int session() {
        Integer session = jdbc.queryForObject("SELECT pg_backend_pid()", Integer.class);
        return session == null ? 0 : session;
    }

    private static int session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT pg_backend_pid()")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
