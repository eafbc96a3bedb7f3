package dev.outbox.boot;

import dev.outbox.test.TestServers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** {@link PrivilegesContract} on every database that has privileges. */
class PrivilegesIntegrationTest {
    @Nested
    class OnPostgres extends PrivilegesContract {
        OnPostgres() {
            super(TestServers.postgres());
        }

        static List<String> grants() throws IOException {
            return grantsUnder("PostgreSQL");
        }

        @Override
        List<String> grantsOfThePage() throws IOException {
            return grants();
        }

        @Override
        String creation(String role, String password) {
            return "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(role, password);
        }

        @Override
        List<String> removal(String role) {
            return List.of("DROP OWNED BY " + role, "DROP ROLE " + role);
        }

        @Override
        String denied(String grant) {
            return grant.contains("USAGE") ? "have no current schema" : "permission denied";
        }

        @Override
        String inSchema(String statement, String schema) {
            return statement.replace("SCHEMA public", "SCHEMA " + schema);
        }
    }

    @Nested
    class OnMySql extends MySqlPrivilegesContract {
        OnMySql() {
            super(TestServers.mysql());
        }
    }

    @Nested
    class OnMariaDb extends MySqlPrivilegesContract {
        OnMariaDb() {
            super(TestServers.mariadb());
        }
    }
}
