package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresPayloadIntegrationTest extends PayloadContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
