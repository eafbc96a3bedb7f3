package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresHoldingIntegrationTest extends HoldingContract {
    @Override
    protected DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
