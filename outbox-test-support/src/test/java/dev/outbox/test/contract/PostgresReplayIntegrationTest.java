package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresReplayIntegrationTest extends ReplayContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
