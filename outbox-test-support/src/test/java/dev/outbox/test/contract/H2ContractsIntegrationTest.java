package dev.outbox.test.contract;

import dev.outbox.store.OutboxTables;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class H2ContractsIntegrationTest extends DatabaseContracts {
    @Override
    DataSource emptySchema() {
        return new DriverManagerDataSource(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000", "sa", "");
    }

    @Override
    OutboxTables elsewhere() {
        DataSource database = emptySchema();
        JdbcClient.create(database).sql("CREATE SCHEMA elsewhere").update();
        return new OutboxTables(database, "elsewhere", PREFIX);
    }

    @Override
    int waiting(Outbox outbox) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM information_schema.sessions WHERE executing_statement LIKE 'SELECT floor%'")
                .query(Integer.class)
                .single();
    }
}
