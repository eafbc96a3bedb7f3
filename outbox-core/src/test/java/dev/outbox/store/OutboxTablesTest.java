package dev.outbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import java.nio.charset.StandardCharsets;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class OutboxTablesTest {
    private final DataSource dataSource = new DriverManagerDataSource();

    @Test
    void statements_with_the_default_names_stay_as_they_are() throws Exception {
        String script = new ClassPathResource("dev/outbox/schema/outbox/postgresql/V1__outbox.sql")
                .getContentAsString(StandardCharsets.UTF_8);
        assertThat(OutboxTables.of(dataSource).named(script)).isEqualTo(script);
    }

    @Test
    void tables_are_qualified_wherever_they_are_named() {
        assertThat(tables("billing", "app_").named("""
                        SELECT pg_get_serial_sequence('outbox_events', 'seq') FROM outbox_lanes o, inbox_events, my_outbox_events
                        """)).isEqualTo("""
                        SELECT pg_get_serial_sequence('billing.app_events', 'seq') FROM billing.app_lanes o, billing.app_events, my_outbox_events
                        """);
    }

    @Test
    void an_index_is_created_without_its_schema() {
        assertThat(tables("billing", "app_").named("CREATE UNIQUE INDEX outbox_events_held ON outbox_events (seq)"))
                .isEqualTo("CREATE UNIQUE INDEX app_events_held ON billing.app_events (seq)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "App_", "1app_", "app-", "app_; DROP TABLE orders", "a23456789012345678901234567890_"})
    void a_prefix_that_is_no_name_is_refused(String prefix) {
        assertThatThrownBy(() -> tables(null, prefix))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "The table prefix '" + prefix
                                + "' is not a name of at most 30 of the characters a-z, 0-9 and _,"
                                + " beginning with none of the digits."
                                + " Correct outbox.schema.table-prefix, or outbox.inbox.schema.table-prefix if it is the inbox's.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "My Schema", "a.b"})
    void a_schema_that_is_no_name_is_refused(String schema) {
        assertThatThrownBy(() -> tables(schema, "outbox_"))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageStartingWith("The database schema '" + schema + "' is not a name of at most 63 of")
                .hasMessageEndingWith("Correct outbox.schema.name, or outbox.inbox.schema.name if it is the inbox's.");
    }

    private OutboxTables tables(@Nullable String schema, String prefix) {
        return new OutboxTables(dataSource, schema, prefix);
    }
}
