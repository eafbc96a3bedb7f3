package dev.outbox.sample.metrics.infra;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.DatabaseDriver;

class UpsertTest {
    @Test
    void another_database_is_refused() {
        assertThatThrownBy(() -> Upsert.of(DatabaseDriver.MARIADB))
                .hasMessage(
                        "The counts of products can be kept in PostgreSQL or MySQL, not in MARIADB. Set spring.datasource.url to one of these.");
    }
}
