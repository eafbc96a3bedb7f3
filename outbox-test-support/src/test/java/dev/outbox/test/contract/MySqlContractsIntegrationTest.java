package dev.outbox.test.contract;

import dev.outbox.store.OutboxTables;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.MySqlSchema;
import dev.outbox.test.MySqlServer;
import dev.outbox.test.TestServers;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class MySqlContractsIntegrationTest extends DatabaseContracts {
    @Override
    DataSource emptySchema() {
        return emptySchema(TestServers.mysql());
    }

    @Override
    OutboxTables elsewhere() {
        return elsewhere(TestServers.mysql());
    }

    @Override
    int waiting(Outbox outbox) {
        return waiting(TestServers.mysql());
    }

    static DataSource emptySchema(MySqlServer server) {
        return new KeptConnections(server.createSchema("outbox"));
    }

    /** As the server's user, because others may use one schema only. */
    static OutboxTables elsewhere(MySqlServer server) {
        MySqlSchema own = server.createSchema("outbox");
        return new OutboxTables(
                new DriverManagerDataSource(own.jdbcUrl(), server.username(), server.password()),
                server.createSchema("elsewhere").name(),
                PREFIX);
    }

    /** The table innodb_trx stays as it is while it is read more often than every 100 ms. */
    static int waiting(MySqlServer server) {
        return JdbcClient.create(new DriverManagerDataSource(server.jdbcUrl(), server.username(), server.password()))
                .sql("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")
                .query((row, number) -> row.getInt(2))
                .single();
    }
}
