package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Candidate;
import dev.outbox.store.LaneLease;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.TestServers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class PostgresStoreIntegrationTest extends StoreContract {
    @Override
    protected DataSource emptySchema() {
        return emptyPostgresSchema();
    }

    static DataSource emptyPostgresSchema() {
        return new KeptConnections(TestServers.postgres().createSchema("outbox"));
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

    @Test
    void an_event_behind_a_retry_of_the_same_batch_is_not_late() {
        UUID head = outbox.publish("1", 1);
        LaneLease lease = outbox.claim("test", Duration.ofMinutes(1)).orElseThrow();
        long seq = outbox.events.find(head).orElseThrow().seq();
        Failure failure = new Failure(seq, true, Duration.ZERO, "the reason");
        outbox.mark(lease, new BatchMarks(List.of(), List.of(failure), List.of()), null);
        outbox.publish("1", 2);
        assertThat(outbox.candidates(lease.lane(), 10)).hasSize(2).noneMatch(Candidate::late);
    }
}
