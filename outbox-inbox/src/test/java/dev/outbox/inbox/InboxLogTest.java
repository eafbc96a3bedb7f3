package dev.outbox.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Which event the log of a handler is about. The database does not matter here. */
class InboxLogTest {
    private final UUID event = UUID.randomUUID();
    private final DataSource dataSource =
            new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final OutboxTables tables = new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX);
    private final Map<String, String> seen = new HashMap<>();
    private InboxProcessor inbox;

    @BeforeEach
    void createTables() {
        InboxStore.schema(tables).install();
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        inbox = new InboxProcessor(tables, transaction);
        MDC.put("thread", "listener");
        MDC.put("requestId", "of the thread");
    }

    @AfterEach
    void clear() {
        MDC.clear();
    }

    @Test
    void the_handler_is_told_in_the_log_which_event_it_handles() {
        handle(message -> seen.putAll(MDC.getCopyOfContextMap()));
        assertThat(seen)
                .isEqualTo(Map.of(
                        "eventId", event.toString(), "aggregateId", "1", "requestId", "r-1", "thread", "listener"));
        assertAsBefore();
    }

    @Test
    void so_is_one_that_works_without_a_transaction() {
        inbox.work(InboxConsumer.named("notification"), message(), Duration.ofMinutes(1), message -> {
            seen.putAll(MDC.getCopyOfContextMap());
            return null;
        });
        assertThat(seen).containsEntry("eventId", event.toString());
        assertAsBefore();
    }

    @Test
    void after_a_failure_the_log_is_as_before() {
        assertThatThrownBy(() -> handle(message -> {
                    throw new IllegalStateException("not now");
                }))
                .hasMessage("not now");
        assertAsBefore();
    }

    private void handle(Consumer<InboxMessage> handler) {
        inbox.handle("notification", message(), handler);
    }

    private InboxMessage message() {
        ConsumerRecord<String, byte[]> record = InboxMessageTest.record(event);
        record.headers().add("requestid", "r-1".getBytes(UTF_8));
        return InboxMessage.of(record);
    }

    private static void assertAsBefore() {
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("thread", "listener", "requestId", "of the thread"));
    }
}
