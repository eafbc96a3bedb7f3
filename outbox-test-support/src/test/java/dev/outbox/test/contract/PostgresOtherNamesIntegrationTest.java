package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.store.OutboxTables;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The contracts with tables in another schema than the connections' own, and under other names. */
class PostgresOtherNamesIntegrationTest {
    /** As long as a prefix may be, so that every name would show if it were cut. */
    private static final String PREFIX = "a_prefix_of_thirty_characters_";

    private final DataSource dataSource = PostgresStoreIntegrationTest.emptyPostgresSchema();
    private final PostgresSchema elsewhere = TestServers.postgres().createSchema("elsewhere");
    private final OutboxTables tables = new OutboxTables(dataSource, elsewhere.name(), PREFIX);

    @Nested
    class Publishing extends PublisherContract {
        @Override
        protected DataSource emptySchema() {
            return PostgresStoreIntegrationTest.emptyPostgresSchema();
        }

        @Override
        protected OutboxTables place() {
            return tables;
        }
    }

    @Nested
    class Storing extends StoreContract {
        @Override
        protected DataSource emptySchema() {
            return dataSource;
        }

        @Override
        protected OutboxTables place() {
            return tables;
        }
    }

    @Nested
    class Holding extends HoldingContract {
        @Override
        protected DataSource emptySchema() {
            return dataSource;
        }

        @Override
        protected OutboxTables place() {
            return tables;
        }
    }

    @Nested
    class Retaining extends RetentionContract {
        @Override
        DataSource emptySchema() {
            return dataSource;
        }

        @Override
        OutboxTables place() {
            return tables;
        }
    }

    @AfterEach
    void nothing_has_a_default_name_or_is_in_the_schema_of_the_connections() {
        assertThat(created("current_schema"))
                .allMatch(name -> name.startsWith("orders"), "is the table of the publisher's test");
        assertThat(created("'" + elsewhere.name() + "'"))
                .allMatch(name -> name.startsWith(PREFIX))
                .extracting(name -> name.substring(PREFIX.length()))
                .contains("events", "lanes", "schema", "events_retrying", "events_seq_seq", "events_event_id_key");
    }

    private List<String> created(String schema) {
        return JdbcClient.create(dataSource)
                .sql("SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "
                        + schema)
                .query(String.class)
                .list();
    }
}
