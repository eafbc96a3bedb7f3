package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class PostgresSchemaIntegrationTest extends SchemaContract {
    @Override
    protected DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
    }

    @Test
    void connections_without_a_current_schema_are_named() {
        PostgresSchema schema = TestServers.postgres().createSchema("dropped");
        DriverManagerDataSource dropped =
                new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password());
        JdbcClient.create(dropped).sql("DROP SCHEMA " + schema.name()).update();
        Schema outbox = Schema.outbox(OutboxTables.of(dropped));
        for (ThrowingCallable start : List.<ThrowingCallable>of(outbox::install, outbox::verify)) {
            assertThatThrownBy(start)
                    .hasMessageMatching(
                            "The connections to jdbc:[^?]* have no current schema: their search_path names none that exists and that this"
                                    + " user may use\\. Grant USAGE on it, or correct the search_path \\(currentSchema in the JDBC URL\\),"
                                    + " or set outbox\\.schema\\.name\\.");
        }
    }

    /** As docs/schema.md shows it. */
    @Test
    void a_script_run_by_hand_with_another_prefix_is_as_good() throws Exception {
        DataSource dataSource = emptySchema();
        String script = new ClassPathResource("dev/outbox/schema/outbox/postgresql/V1__outbox.sql")
                .getContentAsString(StandardCharsets.UTF_8);
        JdbcClient.create(dataSource).sql(script.replace("outbox_", "app_")).update();
        OutboxTables tables = new OutboxTables(dataSource, null, "app_");
        Schema.outbox(tables).verify();
        assertThat(new Outbox(tables).publish("1", "body")).isNotNull();
    }
}
