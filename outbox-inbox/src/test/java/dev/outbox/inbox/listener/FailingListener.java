package dev.outbox.inbox.listener;

import static dev.outbox.inbox.listener.ListeningApplication.CONSUMER;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.deadletter.InboxDatabase;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.TestServers;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** An application whose listener fails on some events, with a real broker and a real database. */
@Timeout(120)
abstract class FailingListener {
    static final String WHY = "the handler is repaired";
    static final DeadLetterFilter ALL = DeadLetterFilter.of(CONSUMER);

    /** The numbers of the events that fail. */
    final Set<Integer> failing = ConcurrentHashMap.newKeySet();

    final AtomicInteger handlings = new AtomicInteger();
    final OutboxTables tables = InboxDatabase.POSTGRESQL.createTables();
    final String topic = TestServers.kafka().uniqueTopic("orders", 1);
    final ListeningApplication application = new ListeningApplication(tables, topic, this::fail);

    final void fail(InboxMessage message) {
        handlings.incrementAndGet();
        int number = ListeningApplication.number(message);
        if (failing.contains(number)) throw new IllegalStateException("there is no stock for number " + number);
    }

    @AfterEach
    void close() {
        application.close();
    }

    final void createDeadLetterTopic() {
        TestServers.kafka().createTopic(topic + ".DLT", 1);
    }

    final List<Integer> handled() {
        return application.handled("1");
    }

    final void awaitListed(int letters) {
        await().until(() -> application.listed() == letters);
    }
}
