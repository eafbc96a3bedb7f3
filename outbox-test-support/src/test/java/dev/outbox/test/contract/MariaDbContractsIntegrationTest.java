package dev.outbox.test.contract;

import dev.outbox.store.OutboxTables;
import dev.outbox.test.TestServers;
import javax.sql.DataSource;

class MariaDbContractsIntegrationTest extends DatabaseContracts {
    @Override
    DataSource emptySchema() {
        return MySqlContractsIntegrationTest.emptySchema(TestServers.mariadb());
    }

    @Override
    OutboxTables elsewhere() {
        return MySqlContractsIntegrationTest.elsewhere(TestServers.mariadb());
    }

    @Override
    int waiting(Outbox outbox) {
        return MySqlContractsIntegrationTest.waiting(TestServers.mariadb());
    }
}
