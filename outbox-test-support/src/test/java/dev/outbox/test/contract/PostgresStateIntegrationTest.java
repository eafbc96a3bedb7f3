package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.store.OutboxTables;
import dev.outbox.store.StateStore;
import dev.outbox.store.TableState;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PostgresStateIntegrationTest {
    private static final String PREFIX = "a_prefix_of_thirty_characters_";

    @Nested
    class State extends StateContract {
        @Override
        OutboxTables place() {
            return OutboxTables.of(PostgresStoreIntegrationTest.emptyPostgresSchema());
        }
    }

    @Nested
    class StateElsewhere extends StateContract {
        @Override
        OutboxTables place() {
            PostgresSchema elsewhere = TestServers.postgres().createSchema("elsewhere");
            return new OutboxTables(PostgresStoreIntegrationTest.emptyPostgresSchema(), elsewhere.name(), PREFIX);
        }
    }

    /** The partitioned table itself has no size. */
    @Test
    void the_partitions_of_a_table_count() {
        DataSource dataSource = PostgresPartitionedIntegrationTest.partitioned();
        Outbox outbox = new Outbox(dataSource);
        for (int i = 0; i < 5; i++) outbox.publish("A", "");
        outbox.jdbc.sql("ANALYZE outbox_events").update();
        assertThat(StateStore.of(outbox.tables).read().size())
                .isNotNull()
                .satisfies(size -> assertThat(size.bytes()).isPositive())
                .extracting(TableState.Size::rows)
                .isEqualTo(5L);
    }
}
