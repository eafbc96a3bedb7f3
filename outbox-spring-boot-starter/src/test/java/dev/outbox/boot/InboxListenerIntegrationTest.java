package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.FailureClassifier;
import dev.outbox.inbox.FailureClassifier.Meaning;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.store.InboxStore;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Listeners that take one record at a time, and how not to write one. */
class InboxListenerIntegrationTest extends InboxListeners {
    static final class Records extends Tables {
        private final Taken taken;

        Records(Taken taken) {
            this.taken = taken;
        }

        @KafkaListener(topics = "${topic}")
        @Inbox("${name:typed}")
        void on(OrderPlaced order, InboxMessage meta, @Header("tenant") String tenant) {
            taken.add("typed %s %s %s %s %s"
                    .formatted(order.id(), order.lines().get(0).get("pieces"), meta.eventType(), tenant, meta.topic()));
        }

        @KafkaListener(topics = "${topic}")
        @Inbox("raw")
        void on(byte[] payload, ConsumerRecord<String, byte[]> record) {
            taken.add("raw %s %s %s".formatted(record.key(), new String(payload, UTF_8), record.value().length));
        }

        @KafkaListener(topics = "${topic}")
        @Inbox(value = "message", types = "OrderCancelled")
        void on(Message<Map<String, String>> message) {
            taken.add("message " + message.getPayload().get("id"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RecordListeners extends Tables {
        @Bean
        Records records(Taken taken) {
            return new Records(taken);
        }
    }

    @Test
    void listeners_take_payloads_as_they_want_them_and_each_consumer_every_event_once() {
        application(RecordListeners.class).run(context -> {
            Taken taken = context.getBean(Taken.class);
            UUID placed = send("1", "OrderPlaced", "{\"id\":\"1\",\"lines\":[{\"pieces\":3}]}");
            send(placed, "1", "OrderPlaced", "{\"id\":\"1\",\"lines\":[{\"pieces\":3}]}");
            send("1", "OrderCancelled", "{\"id\":\"1\"}");
            await().untilAsserted(() -> assertThat(taken.all())
                    .containsExactlyInAnyOrder(
                            "typed 1 3 OrderPlaced t " + topic,
                            "raw 1 {\"id\":\"1\",\"lines\":[{\"pieces\":3}]} 33",
                            "raw 1 {\"id\":\"1\"} 10",
                            "message 1"));
            await().during(Duration.ofMillis(300)).until(() -> taken.all().size() == 4);
        });
    }

    @KafkaListener(topics = "${topic}")
    @Inbox("handlers")
    static final class Handlers {
        private final Taken taken;

        Handlers(Taken taken) {
            this.taken = taken;
        }

        @KafkaHandler
        void on(OrderPlaced order, InboxMessage meta) {
            taken.add("placed " + order.id() + meta.aggregateId());
        }

        @KafkaHandler
        void on(OrderCancelled order) {
            taken.add("cancelled " + order.id());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class HandlersConfiguration extends Tables {
        @Bean
        Handlers handlers(Taken taken) {
            return new Handlers(taken);
        }
    }

    @Test
    void a_class_takes_each_type_by_a_method_of_its_own_and_passes_over_others() {
        application(HandlersConfiguration.class).run(context -> {
            send("1", "OrderPlaced", "{\"id\":\"1\",\"lines\":[]}");
            send("1", "OrderPraised", "not even JSON");
            send("1", "OrderCancelled", "{\"id\":\"1\"}");
            await().until(() -> context.getBean(Taken.class).all(), List.of("placed 11", "cancelled 1")::equals);
        });
    }

    static final class Failing {
        private final Taken taken;
        private final CountDownLatch failures = new CountDownLatch(2);

        Failing(Taken taken) {
            this.taken = taken;
        }

        @KafkaListener(topics = "${topic}")
        @Inbox("failing")
        void on(InboxMessage event) {
            taken.add("try " + event.aggregateId());
            failures.countDown();
            if (failures.getCount() > 0) throw new IllegalStateException("the listener's own");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FailingConfiguration extends Tables {
        @Bean
        Failing failing(Taken taken) {
            return new Failing(taken);
        }
    }

    @Test
    void a_failing_listener_leaves_neither_its_change_nor_a_record_and_gets_the_event_again() {
        application(FailingConfiguration.class).run(context -> {
            UUID id = send("1", "OrderPlaced", "{}");
            Taken taken = context.getBean(Taken.class);
            await().until(() -> taken.all().size() == 1);
            InboxStore store = new InboxStore(
                    new dev.outbox.store.OutboxTables(context.getBean(javax.sql.DataSource.class), null, "inbox_"));
            assertThat(store.handlings("failing", id))
                    .singleElement()
                    .satisfies(row -> assertThat(row.attempts()).isEqualTo(2));
        });
    }

    static final class Slow {
        private final ConcurrentLinkedQueue<String> worked = new ConcurrentLinkedQueue<>();

        @KafkaListener(topics = "${topic}")
        @Inbox(value = "slow", transaction = false)
        void on(OrderCancelled order) {
            worked.add(order.id() + TransactionSynchronizationManager.isActualTransactionActive());
        }
    }

    @Test
    void slow_work_is_done_without_a_transaction() {
        application(Slow.class).run(context -> {
            UUID id = send("1", "OrderCancelled", "{\"id\":\"1\"}");
            send(id, "1", "OrderCancelled", "{\"id\":\"1\"}");
            send("2", "OrderCancelled", "{\"id\":\"2\"}");
            Slow slow = context.getBean(Slow.class);
            await().untilAsserted(() -> assertThat(slow.worked).containsExactlyInAnyOrder("1false", "2false"));
        });
    }

    /** Calls somebody who is away at first. */
    static final class Calling {
        private final Queue<String> worked = new ConcurrentLinkedQueue<>();
        private final AtomicInteger away = new AtomicInteger(6);

        @KafkaListener(topics = "${topic}")
        @Inbox(value = "calling", transaction = false)
        void on(OrderCancelled order) {
            if (away.getAndDecrement() > 0) throw new IllegalStateException(new SocketTimeoutException());
            worked.add(order.id());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Calling.class)
    static class CallingConfiguration {
        @Bean
        @Order(2)
        FailureClassifier last() {
            return failure -> Meaning.PUT_ASIDE;
        }

        @Bean
        @Order(1)
        FailureClassifier first() {
            return failure -> failure.getCause() instanceof SocketTimeoutException ? Meaning.OUTAGE : null;
        }
    }

    @Test
    void what_the_application_calls_an_outage_is_waited_for_without_a_transaction_as_well() {
        application(CallingConfiguration.class)
                .withPropertyValues("outbox.inbox.retry.max-delay=50ms")
                .run(context -> {
                    send("1", "OrderCancelled", "{\"id\":\"1\"}");
                    await().until(() -> List.copyOf(context.getBean(Calling.class).worked), List.of("1")::equals);
                });
    }

    static final class Acknowledging {
        @KafkaListener(topics = "${topic}")
        @Inbox("misused")
        void on(OrderPlaced order, Acknowledgment acknowledgment) {}
    }

    static final class Answering {
        @KafkaListener(topics = "${topic}")
        @Inbox("misused")
        String on(OrderPlaced order) {
            return order.id();
        }
    }

    static final class WithRetryTopics {
        @RetryableTopic
        @KafkaListener(topics = "${topic}")
        @Inbox("misused")
        void on(OrderPlaced order) {}
    }

    static final class SlowBatches {
        @KafkaListener(topics = "${topic}", batch = "true")
        @Inbox(value = "misused", transaction = false)
        void on(List<OrderPlaced> orders) {}
    }

    static final class SlowLatest {
        @KafkaListener(topics = "${topic}")
        @Inbox(value = "misused", transaction = false, latestOnly = true)
        void on(OrderPlaced order) {}
    }

    @Test
    void misuse_is_refused_at_the_start() {
        Map<Class<?>, String> misuses = new HashMap<>();
        misuses.put(
                Acknowledging.class,
                "takes an Acknowledgment, but the inbox acknowledges when the transaction has committed. Take the parameter away.");
        misuses.put(
                Answering.class,
                "returns something, which would be sent or awaited outside of the transaction. Return nothing, and publish an event to answer.");
        misuses.put(
                WithRetryTopics.class,
                "has @RetryableTopic, with which later events of a key overtake one that is tried again. Take it away: the inbox tries failing records again and puts them aside itself (outbox.inbox.retry).");
        misuses.put(
                SlowBatches.class,
                "takes batches without a transaction. Take records, or leave out transaction = false.");
        misuses.put(
                SlowLatest.class,
                "takes the latest only without a transaction, which alone could hold an aggregate's version. Leave out one of the two.");
        misuses.forEach((listener, sentence) -> application(listener)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageStartingWith("The @Inbox listener ")
                        .hasMessageContaining(listener.getSimpleName())
                        .hasMessageEndingWith(sentence)));
    }
}
