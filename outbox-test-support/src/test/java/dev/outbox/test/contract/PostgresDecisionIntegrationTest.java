package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresDecisionIntegrationTest extends DecisionContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
