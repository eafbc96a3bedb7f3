package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import java.nio.charset.StandardCharsets;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

class PostgresSchemaIntegrationTest extends SchemaContract {
    @Override
    protected DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
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
