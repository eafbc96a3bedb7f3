package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.store.LaneStore;
import dev.outbox.store.Lanes;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Creating and checking the tables, on a real database. */
public abstract class SchemaContract {
    private DataSource dataSource;
    private Schema schema;

    /** A data source on a schema that is empty and only this test's. */
    protected abstract DataSource emptySchema();

    @BeforeEach
    void openSchema() {
        dataSource = emptySchema();
        schema = Schema.outbox(OutboxTables.of(dataSource));
    }

    @Test
    void installs_once() {
        schema.install();
        schema.install();
        assertThatCode(schema::verify).doesNotThrowAnyException();
        assertThat(lanes()).isEqualTo(64);
    }

    @Test
    void makes_as_many_lanes_as_asked_for_and_never_changes_them_afterwards() {
        Schema.outbox(OutboxTables.of(dataSource), new Lanes(7)).install();
        Schema.outbox(OutboxTables.of(dataSource), new Lanes(9)).install();
        assertThat(JdbcClient.create(dataSource)
                        .sql("SELECT lane FROM outbox_lanes ORDER BY lane")
                        .query(Integer.class)
                        .list())
                .containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void many_instances_that_start_at_once_install_once() throws Exception {
        ExecutorService instances = Executors.newFixedThreadPool(4);
        try {
            List<? extends Future<?>> starts = IntStream.range(0, 4)
                    .mapToObj(i -> instances.submit(Schema.outbox(OutboxTables.of(dataSource))::install))
                    .toList();
            for (Future<?> start : starts) start.get();
        } finally {
            instances.shutdownNow();
        }
        schema.verify();
        assertThat(lanes()).isEqualTo(64);
    }

    @Test
    void missing_tables_are_named_with_what_to_do() {
        assertThatThrownBy(schema::verify)
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageMatching("The table outbox_schema is missing in schema '\\w+' of jdbc:[^?]*\\. "
                        + "Run classpath:dev/outbox/schema/outbox/\\w+/V1__outbox.sql with your migrations,"
                        + " or let the application create the tables with outbox.schema.initialize=true\\.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "lanes", "archived_events", "pauses", "shedlock", "audit"})
    void a_single_missing_table_is_noticed(String name) {
        schema.install();
        JdbcClient.create(dataSource).sql("DROP TABLE outbox_" + name).update();
        assertThatThrownBy(schema::verify)
                .hasMessageStartingWith("The table outbox_%s is missing in schema".formatted(name));
        ThrowingCallable publishing = Schema.publisher(OutboxTables.of(dataSource), Lanes.DEFAULT)::verify;
        if (Set.of("events", "lanes").contains(name)) {
            assertThatThrownBy(publishing)
                    .hasMessageStartingWith("The table outbox_%s is missing in schema".formatted(name));
        } else {
            assertThatCode(publishing).as("publishing does without").doesNotThrowAnyException();
        }
    }

    @Test
    void a_lane_table_without_rows_is_noticed() {
        schema.install();
        JdbcClient.create(dataSource).sql("DELETE FROM outbox_lanes").update();
        assertThatThrownBy(this::lanes)
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage("The table outbox_lanes has no rows, but its rows are the lanes."
                        + " Insert lanes 0 to 63, as the script that creates it does.");
    }

    @Test
    void a_gap_in_the_lane_table_is_noticed() {
        schema.install();
        JdbcClient.create(dataSource)
                .sql("DELETE FROM outbox_lanes WHERE lane = 5")
                .update();
        assertThatThrownBy(this::lanes)
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "The table outbox_lanes has 63 rows, but its highest lane is 63: events of the missing lanes"
                                + " would never be sent. Number the lanes from 0 without a gap.");
    }

    @Test
    void an_older_version_is_refused_with_the_script_to_run() {
        schema.install();
        Schema next =
                new Schema(OutboxTables.of(dataSource), "outbox", List.of("V1__outbox.sql", "V2__next.sql"), List.of());
        assertThatThrownBy(next::verify)
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageMatching(
                        "The outbox tables in schema '\\w+' of jdbc:\\S+ are of version 1, but this library needs version 2\\. "
                                + "Run classpath:dev/outbox/schema/outbox/\\w+/V2__next.sql,"
                                + " or let the application do it with outbox.schema.initialize=true\\.");
    }

    @Test
    void a_newer_version_is_refused() {
        schema.install();
        JdbcClient.create(dataSource)
                .sql("UPDATE outbox_schema SET version = 99")
                .update();
        assertThatThrownBy(schema::verify)
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageMatching(
                        "The outbox tables in schema '\\w+' of jdbc:\\S+ are of version 99, but this library knows only version 1\\. "
                                + "Use the library version that the other instances use\\.");
    }

    @Test
    void messages_name_the_schema_and_the_prefix_that_were_asked_for() {
        OutboxTables elsewhere = new OutboxTables(dataSource, currentSchema(), "app_");
        assertThatThrownBy(Schema.outbox(elsewhere)::verify)
                .hasMessageMatching("The table app_schema is missing in schema '\\w+' of jdbc:\\S+\\. "
                        + "Run classpath:\\S+/V1__outbox\\.sql \\(with the prefix app_, in the schema \\w+\\) with your migrations,"
                        + " or let the application create the tables with outbox\\.schema\\.initialize=true\\.");
        Schema.outbox(elsewhere).install();
        elsewhere.jdbc().sql("DELETE FROM outbox_lanes").update();
        assertThatThrownBy(() -> LaneStore.of(elsewhere).count())
                .hasMessageStartingWith("The table " + currentSchema() + ".app_lanes has no rows");
    }

    @Test
    void a_missing_database_schema_is_named() {
        Schema nowhere = Schema.outbox(new OutboxTables(dataSource, "nowhere", OutboxTables.DEFAULT_PREFIX));
        for (ThrowingCallable start : List.<ThrowingCallable>of(nowhere::install, nowhere::verify)) {
            assertThatThrownBy(start)
                    .isInstanceOf(OutboxConfigurationException.class)
                    .hasMessageMatching(
                            "The database schema 'nowhere' does not exist in jdbc:[^?]*,"
                                    + " or this user may not use it\\. Create it or grant [a-zA-Z ]+ on it, or correct outbox\\.schema\\.name\\.");
        }
    }

    /** MySQL calls it a catalog. */
    private String currentSchema() {
        String name = new JdbcTemplate(dataSource).execute((ConnectionCallback<String>)
                connection -> connection.getSchema() == null ? connection.getCatalog() : connection.getSchema());
        return Objects.requireNonNull(name).toLowerCase(Locale.ROOT);
    }

    private int lanes() {
        return LaneStore.of(OutboxTables.of(dataSource)).count();
    }
}
