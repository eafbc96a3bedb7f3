package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Schema;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class UnknownDatabaseTest {
    @Test
    void an_unknown_database_is_named() {
        DriverManagerDataSource hsqldb =
                new DriverManagerDataSource("jdbc:hsqldb:mem:unknown;password=s3cr3t", "sa", "");
        assertThatThrownBy(() -> Schema.outbox(OutboxTables.of(hsqldb)).verify())
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "The outbox does not know the database 'HSQL Database Engine' at jdbc:hsqldb:mem:unknown."
                                + " Use PostgreSQL 13, MySQL 8.0.17, MariaDB 10.6, H2 2.2 or later, or switch the outbox off with outbox.enabled=false.");
    }

    @Test
    void an_unreachable_database_is_named() {
        DriverManagerDataSource nobody = new DriverManagerDataSource(
                "jdbc:postgresql://127.0.0.1:1/postgres?password=s3cr3t", "postgres", "s3cr3t");
        assertThatThrownBy(() -> Schema.outbox(OutboxTables.of(nobody)).verify())
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageStartingWith("The outbox cannot reach its database: Connection to 127.0.0.1:1 refused.")
                .hasMessageEndingWith(
                        "Check that the server runs and that the data source's URL, user and password are right.")
                .hasMessageNotContaining("s3cr3t");
    }
}
