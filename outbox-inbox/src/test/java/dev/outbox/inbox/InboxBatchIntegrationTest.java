package dev.outbox.inbox;

import dev.outbox.test.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;

/** {@link InboxBatchContract} on every database. */
class InboxBatchIntegrationTest {
    @Nested
    class OnPostgres extends InboxBatchContract {
        @Override
        DataSource emptySchema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.POSTGRESQL);
        }
    }

    @Nested
    class OnMySql extends InboxBatchContract {
        @Override
        DataSource emptySchema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.MYSQL);
        }
    }

    @Nested
    class OnMariaDb extends InboxBatchContract {
        @Override
        DataSource emptySchema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.MARIADB);
        }
    }

    @Nested
    class OnH2 extends InboxBatchContract {
        @Override
        DataSource emptySchema() {
            return InboxRulesIntegrationTest.emptyH2();
        }
    }
}
