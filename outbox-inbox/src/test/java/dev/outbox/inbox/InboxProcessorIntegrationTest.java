package dev.outbox.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

class InboxProcessorIntegrationTest {
    private final UUID event = UUID.randomUUID();
    private JdbcClient jdbc;
    private InboxProcessor inbox;

    @BeforeEach
    void createTables() {
        PostgresSchema schema = TestServers.postgres().createSchema("inbox");
        DataSource dataSource = new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password());
        OutboxTables tables = new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX);
        InboxStore.schema(tables).install();
        InboxStore.schema(tables).verify();
        jdbc = JdbcClient.create(dataSource);
        jdbc.sql("CREATE TABLE notifications (event_id uuid)").update();
        inbox = new InboxProcessor(
                new InboxStore(tables), new TransactionTemplate(new DataSourceTransactionManager(dataSource)));
    }

    @Test
    void an_event_is_handled_once() {
        assertThat(handle("notification")).isTrue();
        assertThat(handle("notification")).isFalse();
        assertThat(notifications()).isEqualTo(1);
    }

    @Test
    void consumers_of_different_names_both_handle_it() {
        assertThat(handle("notification")).isTrue();
        assertThat(handle("statistics")).isTrue();
        assertThat(notifications()).isEqualTo(2);
    }

    @Test
    void a_failing_handler_leaves_neither_its_change_nor_a_record() {
        assertThatThrownBy(() -> inbox.handle("notification", InboxMessageTest.record(event), message -> {
                    insert(message);
                    throw new IllegalStateException("the handler's own");
                }))
                .hasMessage("the handler's own");
        assertThat(notifications()).isZero();
        assertThat(handle("notification")).as("the next delivery").isTrue();
    }

    @Test
    void copies_that_arrive_at_once_are_handled_once() throws Exception {
        CountDownLatch together = new CountDownLatch(8);
        ExecutorService consumers = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> handled = IntStream.range(0, 8)
                    .mapToObj(i -> consumers.submit(() -> {
                        together.countDown();
                        together.await();
                        return handle("notification");
                    }))
                    .toList();
            int times = 0;
            for (Future<Boolean> one : handled) if (one.get()) times++;
            assertThat(times).isEqualTo(1);
            assertThat(notifications()).isEqualTo(1);
        } finally {
            consumers.shutdownNow();
        }
    }

    private boolean handle(String consumer) {
        return inbox.handle(consumer, InboxMessageTest.record(event), this::insert);
    }

    private void insert(InboxMessage message) {
        jdbc.sql("INSERT INTO notifications VALUES (:id)")
                .param("id", message.eventId())
                .update();
    }

    private int notifications() {
        return jdbc.sql("SELECT count(*) FROM notifications")
                .query(Integer.class)
                .single();
    }
}
