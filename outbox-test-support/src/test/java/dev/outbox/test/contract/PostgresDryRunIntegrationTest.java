package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresDryRunIntegrationTest extends DryRunContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
