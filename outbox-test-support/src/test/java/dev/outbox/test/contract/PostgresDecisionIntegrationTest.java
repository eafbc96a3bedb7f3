package dev.outbox.test.contract;

import javax.sql.DataSource;

class PostgresDecisionIntegrationTest extends DecisionContract {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }

    @Override
    int waiting(Outbox outbox) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                .query(Integer.class)
                .single();
    }
}
