package dev.outbox.inbox;

import dev.outbox.test.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;

/** {@link FirstVersionsContract} on every database. */
class FirstVersionsIntegrationTest {
    @Nested
    class OnPostgres extends FirstVersionsContract {
        @Override
        DataSource schema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.POSTGRESQL);
        }
    }

    @Nested
    class OnMySql extends FirstVersionsContract {
        @Override
        DataSource schema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.MYSQL);
        }
    }

    @Nested
    class OnMariaDb extends FirstVersionsContract {
        @Override
        DataSource schema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.MARIADB);
        }
    }

    @Nested
    class OnH2 extends FirstVersionsContract {
        @Override
        DataSource schema() {
            return InboxRulesIntegrationTest.emptyH2();
        }
    }
}
