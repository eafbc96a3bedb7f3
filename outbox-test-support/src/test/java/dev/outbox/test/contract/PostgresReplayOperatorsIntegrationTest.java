package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresReplayOperatorsIntegrationTest extends ReplayOperatorsContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
