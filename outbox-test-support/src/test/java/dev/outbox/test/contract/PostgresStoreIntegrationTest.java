package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class PostgresStoreIntegrationTest extends StoreContract {
    @Override
    protected DataSource emptySchema() {
        return emptyPostgresSchema();
    }

    static DataSource emptyPostgresSchema() {
        PostgresSchema schema = TestServers.postgres().createSchema("outbox");
        return new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password());
    }

    /** The sequence is drawn by a function that asks for the transaction id there is at that moment. */
    @Test
    void an_insert_has_its_transaction_id_before_it_draws_its_sequence() {
        outbox.jdbc.sql("CREATE TABLE drawn (transaction_id xid8)").update();
        outbox.jdbc.sql("""
                        CREATE FUNCTION draw() RETURNS bigint LANGUAGE plpgsql VOLATILE AS '
                        DECLARE id xid8 := pg_current_xact_id_if_assigned();
                        BEGIN
                          INSERT INTO drawn VALUES (id);
                          RETURN 1;
                        END'
                        """).update();
        outbox.jdbc
                .sql("ALTER TABLE outbox_events ALTER seq DROP IDENTITY, ALTER seq SET DEFAULT draw()")
                .update();
        UUID id = outbox.publish("1", 1);
        assertThat(outbox.events.find(id)).isPresent();
        assertThat(outbox.jdbc
                        .sql("SELECT count(*) FROM drawn WHERE transaction_id IS NOT NULL")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }
}
