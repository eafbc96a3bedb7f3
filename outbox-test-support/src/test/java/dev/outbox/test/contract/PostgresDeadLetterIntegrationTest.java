package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresDeadLetterIntegrationTest extends DeadLetterContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
