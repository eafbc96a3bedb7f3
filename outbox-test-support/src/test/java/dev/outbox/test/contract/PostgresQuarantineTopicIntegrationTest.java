package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresQuarantineTopicIntegrationTest extends QuarantineTopicContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
