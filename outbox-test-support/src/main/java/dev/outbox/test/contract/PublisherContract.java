package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.InvalidOutboxMessageException;
import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.OutboxTransactionException;
import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.encryption.KeysInMemory;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.OutboxTables;
import dev.outbox.tracing.PublishTracing;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Publishing and the caller's transaction, on a real database. */
public abstract class PublisherContract {
    private static final OutboxMessage MESSAGE = OutboxMessage.of("Order", "1", "OrderPlaced", "body");

    private final AtomicInteger nudges = new AtomicInteger();
    private Outbox outbox;
    private OutboxPublisher publisher;
    private TransactionTemplate transaction;

    /** A data source on a schema that is empty and only this test's. */
    protected abstract DataSource emptySchema();

    /** Where the tables are to be, by default in {@link #emptySchema()} and under their own names. */
    protected OutboxTables place() {
        return OutboxTables.of(emptySchema());
    }

    @BeforeEach
    void createTables() {
        outbox = new Outbox(place());
        publisher = outbox.publisher(nudges::incrementAndGet);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(outbox.dataSource));
        outbox.jdbc.sql("CREATE TABLE orders (id varchar(10) PRIMARY KEY)").update();
    }

    @Test
    void business_change_and_event_commit_together() {
        transaction.executeWithoutResult(status -> {
            placeOrder(outbox.jdbc);
            publisher.publish(MESSAGE);
            assertThat(nudges).as("before the commit").hasValue(0);
        });
        assertThat(orders()).isEqualTo(1);
        assertThat(events()).isEqualTo(1);
        assertThat(nudges).hasValue(1);
    }

    @Test
    void a_rollback_takes_both_back_and_nudges_nobody() {
        transaction.executeWithoutResult(status -> {
            placeOrder(outbox.jdbc);
            publisher.publish(MESSAGE);
            status.setRollbackOnly();
        });
        assertThat(orders()).isZero();
        assertThat(events()).isZero();
        assertThat(nudges).hasValue(0);
    }

    @Test
    void an_exception_of_the_caller_takes_both_back() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    placeOrder(outbox.jdbc);
                    publisher.publish(MESSAGE);
                    throw new IllegalStateException("the caller's own");
                }))
                .hasMessage("the caller's own");
        assertThat(orders() + events()).isZero();
    }

    @Test
    void many_events_of_one_transaction_nudge_once() {
        transaction.executeWithoutResult(status -> {
            for (int i = 0; i < 10; i++) publisher.publish(MESSAGE);
        });
        assertThat(events()).isEqualTo(10);
        assertThat(nudges).hasValue(1);
    }

    @Test
    void an_inner_transaction_of_its_own_keeps_its_event_when_the_outer_one_rolls_back() {
        TransactionTemplate inner = new TransactionTemplate(new DataSourceTransactionManager(outbox.dataSource));
        inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        transaction.executeWithoutResult(status -> {
            publisher.publish(MESSAGE);
            inner.executeWithoutResult(innerStatus -> publisher.publish(MESSAGE));
            assertThat(nudges).as("of the inner commit").hasValue(1);
            status.setRollbackOnly();
        });
        assertThat(events()).isEqualTo(1);
        assertThat(nudges).hasValue(1);
    }

    @Test
    void a_rolled_back_savepoint_takes_its_event_with_it() {
        transaction.executeWithoutResult(status -> {
            publisher.publish(MESSAGE);
            Object savepoint = status.createSavepoint();
            publisher.publish(MESSAGE);
            status.rollbackToSavepoint(savepoint);
        });
        assertThat(events()).isEqualTo(1);
    }

    @Test
    void a_transaction_aware_proxy_around_the_data_source_is_the_same_data_source() {
        OutboxTables proxied = new OutboxTables(
                new TransactionAwareDataSourceProxy(outbox.dataSource), outbox.tables.schema(), outbox.tables.prefix());
        OutboxPublisher behindProxy = new Outbox(proxied).publisher(() -> {});
        transaction.executeWithoutResult(status -> behindProxy.publish(MESSAGE));
        assertThat(events()).isEqualTo(1);
    }

    @Test
    void publishing_without_a_transaction_is_refused() {
        assertThatThrownBy(() -> publisher.publish(MESSAGE))
                .isInstanceOf(OutboxTransactionException.class)
                .hasMessage(
                        "publish was called outside a transaction, so the event and your change could not commit together:"
                                + " add @Transactional to the calling method, or call it through a TransactionTemplate.");
        assertThat(events()).isZero();
    }

    @Test
    void publishing_in_a_scope_without_an_actual_transaction_is_refused() {
        transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> publisher.publish(MESSAGE)))
                .isInstanceOf(OutboxTransactionException.class)
                .hasMessageContaining("outside a transaction");
        assertThat(events()).isZero();
    }

    @Test
    void publishing_in_a_read_only_transaction_is_refused() {
        transaction.setReadOnly(true);
        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> publisher.publish(MESSAGE)))
                .isInstanceOf(OutboxTransactionException.class)
                .hasMessage("publish was called in a read-only transaction:"
                        + " use @Transactional without readOnly = true on the calling method.");
        assertThat(events()).isZero();
    }

    @Test
    void publishing_in_a_transaction_of_another_data_source_is_refused() {
        TransactionTemplate foreign = new TransactionTemplate(new DataSourceTransactionManager(emptySchema()));
        assertThatThrownBy(() -> foreign.executeWithoutResult(status -> publisher.publish(MESSAGE)))
                .isInstanceOf(OutboxTransactionException.class)
                .hasMessage(
                        "publish was called in a transaction that is not on the outbox's data source:"
                                + " name its transaction manager, @Transactional(\"…\"), or let the outbox use the data source of this transaction.");
        assertThat(events()).isZero();
    }

    /** A plain statement on our data source binds a connection to the foreign transaction; it is not in that transaction. */
    @Test
    void publishing_in_a_foreign_transaction_that_has_used_our_data_source_is_refused_too() {
        TransactionTemplate foreign = new TransactionTemplate(new DataSourceTransactionManager(emptySchema()));
        assertThatThrownBy(() -> foreign.executeWithoutResult(status -> {
                    orders();
                    publisher.publish(MESSAGE);
                }))
                .isInstanceOf(OutboxTransactionException.class)
                .hasMessageContaining("not on the outbox's data source");
        assertThat(events()).isZero();
    }

    @SuppressWarnings("DoNotCallSuggester") // only Jackson calls it
    public static final class Unserialisable {
        public String getSecret() {
            throw new IllegalStateException("s3cr3t");
        }
    }

    @Test
    void an_unserialisable_payload_is_the_callers_error_and_leaves_the_transaction_usable() {
        transaction.executeWithoutResult(status -> {
            placeOrder(outbox.jdbc);
            assertThatThrownBy(() ->
                            publisher.publish(OutboxMessage.of("Order", "1", "OrderPlaced", new Unserialisable())))
                    .isInstanceOf(InvalidOutboxMessageException.class)
                    .hasMessageContaining("The payload of OutboxMessage[OrderPlaced of Order 1] (a "
                            + Unserialisable.class.getName() + ") cannot be serialised: ")
                    .hasMessageContaining(
                            ", caused by java.lang.IllegalStateException. Give it serialisable properties, or pass the bytes themselves.")
                    .satisfies(e -> assertThat(printed(e)).doesNotContain("s3cr3t"));
        });
        assertThat(orders()).isEqualTo(1);
        assertThat(events()).isZero();
    }

    private static String printed(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void an_oversized_payload_is_the_callers_error() {
        assertThatThrownBy(() -> transaction.executeWithoutResult(status ->
                        publisher.publish(OutboxMessage.of("Order", "1", "OrderPlaced", new byte[1_000_001]))))
                .isInstanceOf(InvalidOutboxMessageException.class)
                .hasMessageStartingWith(
                        "The payload of an event is 1000001 bytes long; at most 1000000 are allowed (outbox.publish.max-payload-size).");
        assertThat(events()).isZero();
    }

    @Test
    void without_an_active_key_nothing_is_stored_and_the_transaction_stays_usable() {
        PayloadCipher reading = new PayloadCipher(new KeysInMemory(null, List.of()));
        OutboxPublisher encrypting = outbox.publisher(EncryptionPolicy.everything(reading), () -> {});
        transaction.executeWithoutResult(status -> {
            placeOrder(outbox.jdbc);
            assertThatThrownBy(() -> encrypting.publish(MESSAGE))
                    .isInstanceOf(MissingEncryptionKeyException.class)
                    .hasMessageContaining(
                            "(OrderPlaced of Order 1) is to be encrypted, but the key ring has no active key.");
        });
        assertThat(orders()).isEqualTo(1);
        assertThat(events()).isZero();
    }

    @Test
    void a_payload_that_is_too_long_only_when_it_is_encrypted_is_the_callers_error() {
        EncryptionKey key = new EncryptionKey("k", new byte[32]);
        PayloadCipher cipher = new PayloadCipher(new KeysInMemory("k", List.of(key)));
        OutboxPublisher encrypting = outbox.publisher(EncryptionPolicy.everything(cipher), () -> {});
        transaction.executeWithoutResult(status -> {
            encrypting.publish(OutboxMessage.of("Order", "1", "OrderPlaced", new byte[999_965]));
            assertThatThrownBy(
                            () -> encrypting.publish(OutboxMessage.of("Order", "1", "OrderPlaced", new byte[999_966])))
                    .isInstanceOf(InvalidOutboxMessageException.class)
                    .hasMessageStartingWith(
                            "The payload of an event is 999966 bytes long, 1000001 when it is encrypted; at most 1000000 are allowed (outbox.publish.max-payload-size).");
        });
        assertThat(events()).isEqualTo(1);
    }

    @OutboxEvent(type = "OrderPlaced", aggregate = "Order", key = "orderId", topic = "orders", encrypted = true)
    record SecretOrderPlaced(UUID orderId) {}

    @Test
    void an_annotated_object_that_has_to_be_encrypted_is_refused_where_nothing_is() {
        transaction.executeWithoutResult(
                status -> assertThatThrownBy(() -> publisher.publish(new SecretOrderPlaced(UUID.randomUUID())))
                        .isInstanceOf(InvalidOutboxMessageException.class)
                        .hasMessageContaining("has to be encrypted, but encryption is off."));
        assertThat(events()).isZero();
    }

    @OutboxEvent(type = "OrderPlaced", aggregate = "Order", key = "orderId", topic = "orders")
    record OrderPlaced(UUID orderId) {}

    @Test
    void an_annotated_object_is_published_as_it_is() {
        UUID order = UUID.randomUUID();
        UUID event = outbox.inTransaction(() -> publisher.publish(new OrderPlaced(order)));
        assertThat(outbox.read(outbox.laneOf(event), 1).get(0)).satisfies(record -> {
            assertThat(record.aggregateId()).isEqualTo(order.toString());
            assertThat(record.topic()).isEqualTo("orders");
            assertThat(record.payload()).asString().isEqualTo("{\"orderId\":\"" + order + "\"}");
        });
    }

    @Test
    void a_message_handed_over_as_an_object_is_a_message() {
        assertThat(outbox.inTransaction(() -> publisher.publish((Object) MESSAGE)))
                .isNotNull();
        assertThat(events()).isEqualTo(1);
    }

    @Test
    void several_events_are_stored_in_the_order_given() {
        List<OutboxMessage> messages = IntStream.range(0, 100)
                .mapToObj(i -> OutboxMessage.of("Order", "1", "E" + i, i).version(i))
                .toList();
        List<UUID> ids = outbox.inTransaction(() -> publisher.publishAll(messages));
        assertThat(nudges).hasValue(1);
        assertThat(outbox.read(outbox.laneOf(ids.get(0)), 1000))
                .extracting(OutboxRecord::eventId)
                .containsExactlyElementsOf(ids);
    }

    @Test
    void of_several_events_none_is_stored_if_one_is_wrong() {
        transaction.executeWithoutResult(status -> {
            assertThatThrownBy(() -> publisher.publishAll(List.of(MESSAGE, MESSAGE.topic("a b"))))
                    .isInstanceOf(InvalidOutboxMessageException.class)
                    .hasMessageContaining("The topic of an event is 'a b'");
            assertThat(publisher.publishAll(List.of())).isEmpty();
        });
        assertThat(events()).isZero();
        assertThat(nudges).hasValue(0);
    }

    @Test
    void trace_and_request_id_are_stored_with_each_event_behind_its_own_headers() {
        PublishTracing traced = (messages, publishing) -> publishing.apply(Map.of("traceparent", "00-trace-span-01"));
        OutboxPublisher tracing = outbox.publisher(EncryptionPolicy.off(), traced, () -> {});
        try (MDC.MDCCloseable request = MDC.putCloseable("requestId", "r-1")) {
            List<UUID> ids =
                    outbox.inTransaction(() -> tracing.publishAll(List.of(MESSAGE.header("tenant", "a"), MESSAGE)));
            assertThat(outbox.read(outbox.laneOf(ids.get(0)), 2))
                    .extracting(record -> record.headers().toString())
                    .containsExactly(
                            "{tenant=a, traceparent=00-trace-span-01, requestid=r-1}",
                            "{traceparent=00-trace-span-01, requestid=r-1}");
        }
    }

    @Test
    void several_events_need_a_transaction_as_well() {
        assertThatThrownBy(() -> publisher.publishAll(List.of(MESSAGE))).isInstanceOf(OutboxTransactionException.class);
    }

    private static void placeOrder(JdbcClient jdbc) {
        jdbc.sql("INSERT INTO orders (id) VALUES ('1')").update();
    }

    private int orders() {
        return outbox.jdbc
                .sql("SELECT count(*) FROM orders")
                .query(Integer.class)
                .single();
    }

    private int events() {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events")
                .query(Integer.class)
                .single();
    }
}
