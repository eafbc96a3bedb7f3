package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresSchemaIntegrationTest extends SchemaContract {
    @Override
    protected DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }
}
