package dev.outbox.boot;

import dev.outbox.test.MySqlServer;
import java.io.IOException;
import java.util.List;

/** {@link PrivilegesContract} on MySQL and MariaDB. */
abstract class MySqlPrivilegesContract extends PrivilegesContract {
    MySqlPrivilegesContract(MySqlServer server) {
        super(server);
    }

    static List<String> grants() throws IOException {
        return grantsUnder("MySQL and MariaDB");
    }

    @Override
    List<String> grantsOfThePage() throws IOException {
        return grants();
    }

    @Override
    String creation(String role, String password) {
        return "CREATE USER %s IDENTIFIED BY '%s'".formatted(role, password);
    }

    @Override
    List<String> removal(String role) {
        return List.of("DROP USER " + role);
    }

    @Override
    String denied(String statement) {
        return "command denied";
    }

    /** It is not even shown the table, and a start says so; without the one that has the version it would make them all. */
    @Override
    String deniedAll(String grant) {
        return grant.contains("outbox_schema") ? denied(grant) : "is missing in schema";
    }
}
