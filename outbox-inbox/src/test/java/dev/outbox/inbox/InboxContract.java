package dev.outbox.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.inbox.deadletter.store.HeldKeyStore;
import dev.outbox.inbox.store.Handling;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A new inbox for each test, events for it, and consumers. */
@Timeout(60)
abstract class InboxContract {
    static final InboxConsumer CONSUMER = InboxConsumer.named("notification");
    static final InboxConsumer LATEST = InboxConsumer.latestOnly("projection");
    static final InboxConsumer HOLDING = new InboxConsumer("shipping", false, true);

    final ExecutorService consumers = Executors.newCachedThreadPool();
    final List<InboxMessage> handled = new ArrayList<>();
    OutboxTables tables;
    TransactionTemplate transaction;
    InboxStore store;
    HeldKeyStore heldKeys;
    InboxProcessor inbox;

    abstract DataSource emptySchema();

    @BeforeEach
    void createTables() {
        DataSource dataSource = emptySchema();
        tables = new OutboxTables(dataSource, null, InboxStore.DEFAULT_PREFIX);
        InboxStore.schema(tables).install();
        transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        store = new InboxStore(tables);
        heldKeys = new HeldKeyStore(tables);
        inbox = new InboxProcessor(tables, transaction, null, Duration.ofDays(30), heldKeys::heldAmong);
    }

    @AfterEach
    void stopConsumers() {
        consumers.shutdownNow();
    }

    InboxOutcome handle(InboxConsumer consumer, InboxMessage message) {
        return inbox.handle(consumer, message, 1, handled::add);
    }

    List<InboxOutcome> handleAll(InboxConsumer consumer, InboxMessage... messages) {
        return inbox.handleAll(consumer, List.of(messages), handled::addAll);
    }

    List<Handling> status(InboxConsumer consumer, InboxMessage message) {
        return store.handlings(consumer.name(), message.eventId());
    }

    /** As when an event of the key is put aside. */
    void hold(InboxConsumer consumer, EventKey key) {
        transaction.executeWithoutResult(status -> heldKeys.hold(consumer.name(), key));
    }

    /** As when all events of the key that were put aside are redriven. */
    void letGo(InboxConsumer consumer, EventKey key) {
        transaction.executeWithoutResult(status -> {
            heldKeys.lock(consumer.name(), key);
            heldKeys.releaseIfEmpty(consumer.name(), key);
        });
    }

    static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static InboxMessage message() {
        return at(InboxMessage.of(InboxMessageTest.record(UUID.randomUUID())), Instant.now());
    }

    static InboxMessage version(String aggregateId, long version) {
        return with(message(), aggregateId, version);
    }

    static InboxMessage invoice(InboxMessage message) {
        return copy(message, "ce_aggregatetype", "Invoice");
    }

    static InboxMessage with(InboxMessage message, String aggregateId, long version) {
        return copy(message, "ce_subject", aggregateId, "ce_aggregateversion", Long.toString(version));
    }

    static InboxMessage at(InboxMessage message, Instant time) {
        return copy(message, "ce_time", time.toString());
    }

    static InboxMessage replayed(InboxMessage message, String mode, String consumers) {
        return copy(message, "ce_replayid", "R1", "ce_replaymode", mode, "ce_replayconsumers", consumers);
    }

    static InboxMessage copy(InboxMessage message, String... headers) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("orders", 2, 5, "1", message.payload());
        message.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().remove(headers[i]);
            record.headers().add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        return InboxMessage.of(record);
    }
}
