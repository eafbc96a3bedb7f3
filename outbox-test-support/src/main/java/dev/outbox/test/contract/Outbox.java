package dev.outbox.test.contract;

import dev.outbox.OutboxMessage;
import dev.outbox.publish.JacksonPayloadSerializer;
import dev.outbox.publish.MessageLimits;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.store.CallerTransaction;
import dev.outbox.store.EventStore;
import dev.outbox.store.LaneStore;
import dev.outbox.store.Schema;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** An outbox put together by hand on an empty schema: what the auto-configuration does in an application. */
public final class Outbox {
    public final DataSource dataSource;
    public final EventStore events;
    public final LaneStore lanes;
    public final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    /** Creates the tables. */
    public Outbox(DataSource dataSource) {
        Schema schema = Schema.outbox(dataSource);
        schema.install();
        schema.verify();
        this.dataSource = dataSource;
        this.events = new EventStore(dataSource);
        this.lanes = new LaneStore(dataSource, events);
        this.jdbc = JdbcClient.create(dataSource);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    public TransactionalOutboxPublisher publisher(Runnable afterCommit) {
        return new TransactionalOutboxPublisher(
                new CallerTransaction(dataSource),
                events,
                lanes.count(),
                new JacksonPayloadSerializer(new JsonMapper()),
                new MessageLimits(MessageLimits.DEFAULT_MAX_PAYLOAD_BYTES),
                afterCommit);
    }

    /** Publishes one event of an order in a transaction of its own. */
    public UUID publish(String orderId, Object payload) {
        return inTransaction(
                () -> publisher(() -> {}).publish(OutboxMessage.of("Order", orderId, "OrderPlaced", payload)));
    }

    public <T> T inTransaction(Supplier<T> action) {
        T result = transaction.execute(status -> action.get());
        if (result == null) throw new IllegalStateException("the action returned null");
        return result;
    }

    public int laneOf(UUID eventId) {
        return events.find(eventId).orElseThrow().lane();
    }
}
