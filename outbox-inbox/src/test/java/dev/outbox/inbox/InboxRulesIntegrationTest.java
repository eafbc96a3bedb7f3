package dev.outbox.inbox;

import dev.outbox.test.TestDatabase;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** {@link InboxRulesContract} on every database. */
class InboxRulesIntegrationTest {
    @Nested
    class OnPostgres extends InboxRulesContract {
        @Override
        DataSource emptySchema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.POSTGRESQL);
        }
    }

    @Nested
    class OnMySql extends InboxRulesContract {
        @Override
        DataSource emptySchema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.MYSQL);
        }
    }

    @Nested
    class OnMariaDb extends InboxRulesContract {
        @Override
        DataSource emptySchema() {
            return InboxProcessorIntegrationTest.schema(TestDatabase.MARIADB);
        }
    }

    @Nested
    class OnH2 extends InboxRulesContract {
        @Override
        DataSource emptySchema() {
            return emptyH2();
        }
    }

    static DataSource emptyH2() {
        return new DriverManagerDataSource(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000", "sa", "");
    }
}
