package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresRetentionIntegrationTest extends RetentionContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
