package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresPublisherIntegrationTest extends PublisherContract {
    @Override
    protected DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
