package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresOperationsIntegrationTest extends OperationsContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
