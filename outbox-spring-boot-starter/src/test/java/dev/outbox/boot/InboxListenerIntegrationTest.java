package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxEvent;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import dev.outbox.test.TestSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Listeners with {@code @Inbox} in an application, on PostgreSQL and Kafka, without a relay. */
@Timeout(120)
class InboxListenerIntegrationTest {
    @OutboxEvent(type = "OrderPlaced", aggregate = "Order", key = "id")
    record OrderPlaced(String id, List<Map<String, Integer>> lines) {}

    @OutboxEvent(type = "OrderCancelled", aggregate = "Order", key = "id")
    record OrderCancelled(String id) {}

    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("inbox", 3);
    private final PostgresSchema schema = TestServers.postgres().createSchema("inbox");
    private final KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 5),
            new StringSerializer(),
            new ByteArraySerializer());

    private ApplicationContextRunner application(Class<?> listeners) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        KafkaAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxInboxAutoConfiguration.class,
                        OutboxInboxListenerAutoConfiguration.class))
                .withUserConfiguration(listeners)
                .withPropertyValues(
                        "topic=" + topic,
                        "spring.datasource.url=" + schema.jdbcUrl(),
                        "spring.datasource.username=" + schema.username(),
                        "spring.datasource.password=" + schema.password(),
                        "spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "spring.kafka.consumer.value-deserializer=org.apache.kafka.common.serialization.StringDeserializer",
                        "outbox.inbox.retry.initial-delay=50ms",
                        "outbox.inbox.schema.initialize=true");
    }

    @AfterEach
    void close() {
        producer.close();
    }

    /** What listeners have taken, in one table with their changes: {@code taken(what)}. */
    static final class Taken {
        private final JdbcTemplate jdbc;

        Taken(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
            jdbc.execute("CREATE TABLE IF NOT EXISTS taken (n bigserial, what text)");
        }

        void add(String what) {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isTrue();
            jdbc.update("INSERT INTO taken (what) VALUES (?)", what);
        }

        List<String> all() {
            return jdbc.queryForList("SELECT what FROM taken ORDER BY n", String.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Tables {
        @Bean
        Taken taken(javax.sql.DataSource dataSource) {
            return new Taken(new JdbcTemplate(dataSource));
        }
    }

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

    static final class Batches {
        private final Taken taken;
        final AtomicInteger calls = new AtomicInteger();
        final AtomicBoolean failing = new AtomicBoolean();

        Batches(Taken taken) {
            this.taken = taken;
        }

        @KafkaListener(topics = "${topic}", batch = "true")
        @Inbox("batches")
        void on(List<OrderPlaced> orders, List<InboxMessage> meta) {
            calls.incrementAndGet();
            for (int i = 0; i < orders.size(); i++) {
                assertThat(meta.get(i).aggregateId()).isEqualTo(orders.get(i).id());
                taken.add(orders.get(i).id());
            }
            if (failing.get() && orders.stream().anyMatch(order -> order.id().equals("13")))
                throw new IllegalStateException("not 13");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BatchesConfiguration extends Tables {
        @Bean
        Batches batches(Taken taken) {
            return new Batches(taken);
        }
    }

    @Test
    void a_batch_is_one_transaction_without_duplicates_and_when_it_fails_its_events_are_handled_one_by_one() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            UUID id = send(Integer.toString(i), "OrderPlaced", "{\"id\":\"" + i + "\",\"lines\":[]}");
            send(id, Integer.toString(i), "OrderPlaced", "{\"id\":\"" + i + "\",\"lines\":[]}");
            ids.add(Integer.toString(i));
        }
        producer.flush();
        createDeadLetterTopic();
        application(BatchesConfiguration.class).run(context -> {
            Batches batches = context.getBean(Batches.class);
            batches.failing.set(true);
            Taken taken = context.getBean(Taken.class);
            DeadLetters aside = context.getBean(DeadLetters.class);
            DeadLetterFilter ours = DeadLetterFilter.of("batches");
            await().until(() ->
                    aside.list(ours, 0, 10).size() == 1 && taken.all().size() == 19);
            assertThat(taken.all()).doesNotHaveDuplicates().doesNotContain("13").isSubsetOf(ids);
            assertThat(aside.redrive(ours, 10).failed()).hasSize(1);
            batches.failing.set(false);
            assertThat(aside.redrive(ours, 10).handled()).isEqualTo(1);
            assertThat(taken.all()).containsExactlyInAnyOrderElementsOf(ids);
        });
    }

    static final class Counting {
        private final JdbcTemplate jdbc;

        Counting(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @KafkaListener(topics = "${topic}", batch = "true", properties = "max.poll.records=1000")
        @Inbox("counting")
        void on(List<InboxMessage> events) {
            jdbc.update("UPDATE counter SET n = n + ?", events.size());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class CountingConfiguration {
        @Bean
        Counting counting(javax.sql.DataSource dataSource) {
            JdbcTemplate jdbc = new JdbcTemplate(dataSource);
            jdbc.execute("CREATE TABLE IF NOT EXISTS counter (n bigint)");
            jdbc.execute("INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter)");
            return new Counting(jdbc);
        }
    }

    /** With a second instance coming and going, so that partitions change hands in mid-batch. */
    @Test
    void of_many_events_with_duplicates_each_is_counted_once_while_instances_come_and_go() {
        int many = TestSize.of(20_000, 100_000);
        Random random = new Random(7);
        List<UUID> ids = new ArrayList<>();
        for (int sent = 0; sent < many; sent++) {
            boolean again = sent > 100 && random.nextInt(5) == 0;
            UUID id = again ? ids.get(random.nextInt(ids.size())) : UUID.randomUUID();
            if (!again) ids.add(id);
            send(id, Integer.toString(id.hashCode() % 1000), "OrderPlaced", "{}");
        }
        application(CountingConfiguration.class).run(context -> {
            JdbcTemplate jdbc = context.getBean(Counting.class).jdbc;
            for (int i = 0; i < 3; i++) application(CountingConfiguration.class).run(second -> counted(jdbc));
            await().atMost(Duration.ofSeconds(60)).until(() -> counted(jdbc) >= ids.size());
            await().during(Duration.ofSeconds(1)).until(() -> counted(jdbc) == ids.size());
        });
    }

    private static long counted(JdbcTemplate jdbc) {
        Long counted = jdbc.queryForObject("SELECT n FROM counter", Long.class);
        return counted == null ? 0 : counted;
    }

    /** Holds its first batch as long as it is told to, with the transaction open. */
    static final class Holding {
        private final Taken taken;
        private final CountDownLatch holding = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);

        Holding(Taken taken) {
            this.taken = taken;
        }

        @KafkaListener(topics = "${topic}", batch = "true", properties = "max.poll.interval.ms=1000")
        @Inbox("holding")
        void on(List<InboxMessage> events) throws InterruptedException {
            for (InboxMessage event : events) taken.add(event.aggregateId());
            holding.countDown();
            end.await();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class HoldingConfiguration extends Tables {
        @Bean
        Holding holding(Taken taken) {
            return new Holding(taken);
        }
    }

    @Test
    void a_batch_whose_partitions_are_given_to_another_instance_meanwhile_is_handled_once() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            send(Integer.toString(i), "OrderPlaced", "{}");
            ids.add(Integer.toString(i));
        }
        producer.flush();
        application(HoldingConfiguration.class).run(context -> {
            Holding first = context.getBean(Holding.class);
            first.holding.await();
            application(HoldingConfiguration.class).run(other -> {
                Holding second = other.getBean(Holding.class);
                second.end.countDown();
                JdbcTemplate jdbc = second.taken.jdbc;
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> waiting(jdbc) > 0 || second.taken.all().size() == ids.size());
                first.end.countDown();
                await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged("holding") == ids.size());
            });
            assertThat(first.taken.all()).containsExactlyInAnyOrderElementsOf(ids);
        });
    }

    /** How many transactions wait for another one to handle the same event. */
    private static int waiting(JdbcTemplate jdbc) {
        Integer waiting = jdbc.queryForObject(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%inbox_events%'",
                Integer.class);
        return waiting == null ? 0 : waiting;
    }

    private long acknowledged(String group) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(offset -> offset == null ? 0 : offset.offset())
                    .sum();
        }
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

    static final class NotAnnotated {
        @KafkaListener(topics = "${topic}", groupId = "plain")
        void on(InboxMessage message) {}
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

    private void createDeadLetterTopic() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic + ".DLT", 3, (short) 1)))
                    .all()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
    }

    private UUID send(String key, String type, String payload) {
        UUID id = UUID.randomUUID();
        send(id, key, type, payload);
        return id;
    }

    private void send(UUID id, String key, String type, String payload) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, payload.getBytes(UTF_8));
        Map.of(
                        "ce_id",
                        id.toString(),
                        "ce_type",
                        type,
                        "ce_subject",
                        key,
                        "ce_aggregatetype",
                        "Order",
                        "ce_time",
                        Instant.now().toString(),
                        "tenant",
                        "t")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        producer.send(record);
    }
}
