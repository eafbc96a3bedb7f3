package dev.outbox.test.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of failed events, and those behind them, and of finished ones, on a partitioned table, made as docs/databases.md shows it, with a border that the tests cross. */
class PostgresPartitionedIntegrationTest {
    static DataSource partitioned() {
        DataSource dataSource = PostgresStoreIntegrationTest.emptyPostgresSchema();
        JdbcClient.create(dataSource).sql(script()).update();
        return dataSource;
    }

    private static String script() {
        try {
            String script = new ClassPathResource("dev/outbox/schema/outbox/postgresql/V1__outbox.sql")
                    .getContentAsString(UTF_8)
                    .replace("PRIMARY KEY WITH (fillfactor = 50)", "PRIMARY KEY")
                    .replace("UNIQUE WITH (fillfactor = 50)", "")
                    .replaceFirst("(?m)^\\);", """
                            ) PARTITION BY RANGE (seq);
                            CREATE INDEX ON outbox_events (event_id);
                            CREATE TABLE outbox_events_first PARTITION OF outbox_events FOR VALUES FROM (0) TO (3);
                            CREATE TABLE outbox_events_rest PARTITION OF outbox_events DEFAULT;""");
            assertThat(script).contains("PARTITION BY").doesNotContain("UNIQUE WITH");
            return script;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Nested
    class Retaining extends RetentionContract {
        @Override
        DataSource emptySchema() {
            return partitioned();
        }
    }

    @Nested
    class Holding extends HoldingContract {
        @Override
        protected DataSource emptySchema() {
            return partitioned();
        }
    }
}
