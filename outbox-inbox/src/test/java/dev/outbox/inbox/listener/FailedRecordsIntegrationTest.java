package dev.outbox.inbox.listener;

import static dev.outbox.inbox.listener.ListeningApplication.CONSUMER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.deadletter.InboxDatabase;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.PostgresServer;
import dev.outbox.test.TestServers;
import dev.outbox.test.TestSize;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.support.KafkaHeaders;

/** What becomes of records that a listener fails on, with a real broker and a real database. */
@Timeout(120)
class FailedRecordsIntegrationTest {
    private static final DeadLetterFilter ALL = DeadLetterFilter.of(CONSUMER);

    /** The numbers of the events that fail. */
    private final Set<Integer> failing = ConcurrentHashMap.newKeySet();

    private final AtomicInteger handlings = new AtomicInteger();
    private final OutboxTables tables = InboxDatabase.POSTGRESQL.createTables();
    private final String topic = TestServers.kafka().uniqueTopic("orders", 1);
    private final ListeningApplication application = new ListeningApplication(tables, topic, this::fail);

    private void fail(InboxMessage message) {
        handlings.incrementAndGet();
        int number = ListeningApplication.number(message);
        if (failing.contains(number)) throw new IllegalStateException("there is no stock for number " + number);
    }

    @AfterEach
    void close() {
        application.close();
    }

    private void createDeadLetterTopic() {
        TestServers.kafka().createTopic(topic + ".DLT", 1);
    }

    private List<Integer> handled() {
        return application.handled("1");
    }

    private void awaitListed(int letters) {
        await().until(() -> application.listed() == letters);
    }

    @Test
    void hold_key_puts_the_event_and_the_later_ones_of_its_key_aside_while_the_partition_goes_on() {
        createDeadLetterTopic();
        failing.add(2);
        application.start(FailedEventPolicy.HOLD_KEY);
        for (int number = 1; number <= 4; number++) {
            application.publish("1", number);
            application.publish("2", 10 + number);
        }
        await().until(() -> application.handled("2").equals(List.of(11, 12, 13, 14)));
        assertThat(handled()).containsExactly(1);
        assertThat(application.deadLetters.list(ALL, 0, 10))
                .extracting(DeadLetter::key, DeadLetter::attempts, DeadLetter::follower)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(new EventKey("Order", "1"), 3, false),
                        org.assertj.core.groups.Tuple.tuple(new EventKey("Order", "1"), 0, true),
                        org.assertj.core.groups.Tuple.tuple(new EventKey("Order", "1"), 0, true));

        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10)).isEqualTo(new RedriveResult(3, List.of(), ""));
        application.publish("1", 5);
        await().until(() -> handled().equals(List.of(1, 2, 3, 4, 5)));
        assertThat(application.listed()).isZero();
    }

    @Test
    void the_copy_is_the_original_with_its_cause() {
        createDeadLetterTopic();
        application.start(FailedEventPolicy.HOLD_KEY);
        failing.add(7);
        ProducerRecord<String, byte[]> sent =
                new ProducerRecord<>(topic, 0, 1_700_000_000_000L, "1", "7".getBytes(UTF_8));
        dev.outbox.inbox.deadletter.Events.addHeaders(sent.headers(), UUID.randomUUID(), "Order", "1");
        sent.headers().add("tenant", "a".getBytes(UTF_8));
        application.publish(sent);
        awaitListed(1);
        ConsumerRecord<String, byte[]> copy = application.copies().get(0);
        assertThat(copy.key()).isEqualTo("1");
        assertThat(copy.value()).isEqualTo(sent.value());
        sent.headers()
                .forEach(header -> assertThat(text(copy, header.key())).isEqualTo(new String(header.value(), UTF_8)));
        assertThat(text(copy, "outbox_dlt-consumer")).isEqualTo(CONSUMER);
        assertThat(text(copy, "outbox_dlt-attempts")).isEqualTo("3");
        assertThat(text(copy, "outbox_dlt-follower")).isEqualTo("false");
        assertThat(text(copy, KafkaHeaders.DLT_ORIGINAL_TOPIC)).isEqualTo(topic);
        assertThat(number(copy, KafkaHeaders.DLT_ORIGINAL_PARTITION).getInt()).isZero();
        assertThat(number(copy, KafkaHeaders.DLT_ORIGINAL_OFFSET).getLong()).isZero();
        assertThat(number(copy, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP).getLong()).isEqualTo(1_700_000_000_000L);
        assertThat(text(copy, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP_TYPE)).isEqualTo("CreateTime");
        assertThat(text(copy, KafkaHeaders.DLT_EXCEPTION_FQCN)).isEqualTo("java.lang.IllegalStateException");
        assertThat(text(copy, KafkaHeaders.DLT_EXCEPTION_MESSAGE))
                .isEqualTo("java.lang.IllegalStateException: there is no stock for number 7");
        assertThat(copy.headers().lastHeader(KafkaHeaders.DLT_EXCEPTION_STACKTRACE))
                .as("it may quote the payload")
                .isNull();
        assertThat(copy.headers()).hasSize(sent.headers().toArray().length + 10);
    }

    private static String text(ConsumerRecord<?, ?> record, String header) {
        return new String(record.headers().lastHeader(header).value(), UTF_8);
    }

    private static ByteBuffer number(ConsumerRecord<?, ?> record, String header) {
        return ByteBuffer.wrap(record.headers().lastHeader(header).value());
    }

    @Test
    void a_crash_between_the_copy_and_the_row_leaves_a_copy_that_nobody_reads() {
        createDeadLetterTopic();
        failing.add(1);
        application
                .jdbc
                .sql("ALTER TABLE inbox_dead_letters RENAME TO elsewhere")
                .update();
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 1);
        application.publish("1", 2);
        await().until(() -> !application.copies().isEmpty());
        application.stop();
        int left = application.copies().size();
        assertThat(handled()).isEmpty();
        application
                .jdbc
                .sql("ALTER TABLE elsewhere RENAME TO inbox_dead_letters")
                .update();

        application.start(FailedEventPolicy.HOLD_KEY);
        awaitListed(2);
        assertThat(application.copies()).hasSize(left + 2);
        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10).handled()).isEqualTo(2);
        assertThat(handled()).containsExactly(1, 2);
    }

    @Test
    void a_crash_between_the_row_and_the_offset_brings_them_again_and_enters_nothing_twice() throws Exception {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 1);
        application.publish("1", 2);
        await().until(application::isThrough);
        application.stop();
        int before = application.deliveries.get();
        application.rewind();

        application.start(FailedEventPolicy.HOLD_KEY);
        await().until(() -> application.deliveries.get() == before + 2);
        await().until(application::isThrough);
        assertThat(application.copies()).hasSize(2);
        assertThat(application.listed()).isEqualTo(2);
        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10).handled()).isEqualTo(2);
        assertThat(handled()).containsExactly(1, 2);
    }

    @Test
    void what_was_redriven_before_it_comes_again_is_a_duplicate() throws Exception {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 1);
        application.publish("1", 2);
        await().until(application::isThrough);
        application.stop();
        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10).handled()).isEqualTo(2);
        application.rewind();
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 3);
        await().until(() -> handled().size() >= 3);
        assertThat(handled()).containsExactly(1, 2, 3);
        assertThat(application.listed()).isZero();
    }

    @Test
    void continue_handles_later_events_of_the_key() {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.CONTINUE);
        for (int number = 1; number <= 3; number++) application.publish("1", number);
        await().until(() -> handled().equals(List.of(2, 3)));
        assertThat(application.listed()).isEqualTo(1);
        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(2, 3, 1);
    }

    @Test
    void keys_that_are_held_already_stay_so_when_the_policy_stops_the_partition() throws Exception {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 1);
        await().until(application::isThrough);
        application.stop();
        application.start(FailedEventPolicy.STOP_PARTITION);
        application.publish("1", 2);
        awaitListed(2);
        assertThat(handled()).isEmpty();
    }

    @Test
    void stop_partition_tries_again_without_end_and_puts_nothing_aside() {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.STOP_PARTITION);
        application.publish("1", 1);
        application.publish("2", 2);
        await().until(() -> handlings.get() > ListeningApplication.QUICK.maxAttempts() + 3);
        assertThat(application.handled("2")).isEmpty();
        failing.clear();
        await().until(() -> application.handled("2").equals(List.of(2)));
        assertThat(handled()).containsExactly(1);
        assertThat(application.copies()).isEmpty();
        assertThat(application.listed()).isZero();
    }

    @Test
    void without_a_dead_letter_topic_nothing_is_lost_and_the_log_says_what_to_do() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(FailedRecords.class);
        log.start();
        logger.addAppender(log);
        try {
            failing.add(1);
            application.start(FailedEventPolicy.HOLD_KEY);
            application.publish("1", 1);
            application.publish("1", 2);
            String sentence =
                    "The record at offset 0 of %1$s-0 fails and cannot be copied to the dead-letter topic %1$s.DLT, so it is tried again and its partition waits: there is no such topic. Create %1$s.DLT with as many partitions as %1$s."
                            .formatted(topic);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> List.copyOf(log.list).stream()
                            .anyMatch(event -> event.getFormattedMessage().equals(sentence)));
            assertThat(handled()).isEmpty();
            assertThat(application.listed()).isZero();
            createDeadLetterTopic();
            awaitListed(2);
            failing.clear();
            assertThat(application.deadLetters.redrive(ALL, 10).handled()).isEqualTo(2);
            assertThat(handled()).containsExactly(1, 2);
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void a_record_that_cannot_be_read_is_put_aside_at_once() {
        createDeadLetterTopic();
        AtomicInteger tries = new AtomicInteger();
        try (ListeningApplication tampered = new ListeningApplication(tables, topic, message -> {
            tries.incrementAndGet();
            throw new UndecryptablePayloadException("The payload of %s cannot be decrypted.".formatted(message));
        })) {
            tampered.start(FailedEventPolicy.HOLD_KEY);
            tampered.publish(new ProducerRecord<>(topic, "1", "x".getBytes(UTF_8)));
            tampered.publish("1", 1);
            awaitListed(2);
            assertThat(tries).hasValue(1);
            List<DeadLetter> letters = tampered.deadLetters.list(ALL, 0, 10);
            assertThat(letters.get(0).error())
                    .startsWith("dev.outbox.inbox.InvalidInboxRecordException: The record at offset 0 of " + topic)
                    .contains("is not an outbox event: the header ce_id is missing");
            assertThat(letters.get(0).key()).isEqualTo(EventKey.NONE);
            assertThat(letters.get(1).error()).contains("UndecryptablePayloadException: The payload of event");
            assertThat(letters).extracting(DeadLetter::attempts).containsExactly(1, 1);
        }
    }

    @Test
    void a_missing_key_is_waited_for() {
        createDeadLetterTopic();
        AtomicInteger missing = new AtomicInteger(10);
        try (ListeningApplication waiting = new ListeningApplication(tables, topic, message -> {
            if (missing.getAndDecrement() > 0)
                throw new MissingEncryptionKeyException("The key 'a' is missing.", "a", null);
        })) {
            waiting.start(FailedEventPolicy.HOLD_KEY);
            waiting.publish("1", 1);
            await().until(() -> handled().equals(List.of(1)));
            assertThat(waiting.copies()).isEmpty();
        }
    }

    @Test
    void an_outage_of_the_database_puts_nothing_aside() {
        createDeadLetterTopic();
        try (PostgresServer server = PostgresServer.start()) {
            DatabaseSchema schema = server.createSchema("inbox");
            OutboxTables itsTables = new OutboxTables(
                    new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()),
                    null,
                    InboxStore.DEFAULT_PREFIX);
            InboxStore.schema(itsTables).install();
            try (ListeningApplication concerned = new ListeningApplication(itsTables, topic, this::fail)) {
                concerned.start(FailedEventPolicy.HOLD_KEY);
                concerned.publish("1", 1);
                await().until(() -> concerned.handled("1").equals(List.of(1)));
                server.kill();
                int before = concerned.deliveries.get();
                concerned.publish("1", 2);
                concerned.publish("1", 3);
                await().until(() -> concerned.deliveries.get() > before + 2 * ListeningApplication.QUICK.maxAttempts());
                server.restart();
                await().until(() -> concerned.handled("1").equals(List.of(1, 2, 3)));
                assertThat(concerned.copies()).isEmpty();
                assertThat(concerned.listed()).isZero();
            }
        }
    }

    @Test
    void of_a_batch_only_the_failing_one_and_its_key_are_put_aside() throws Exception {
        createDeadLetterTopic();
        failing.add(3);
        for (int number = 1; number <= 6; number++) {
            application.publish("1", number);
            application.publish("2", 10 + number);
        }
        application.startWithBatches(FailedEventPolicy.HOLD_KEY);
        await().until(() -> application.handled("2").equals(List.of(11, 12, 13, 14, 15, 16)));
        await().until(application::isThrough);
        assertThat(handled()).containsExactly(1, 2);
        assertThat(application.listed()).isEqualTo(4);
        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10).handled()).isEqualTo(4);
        assertThat(handled()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void a_copy_that_is_gone_is_said_and_its_dead_letter_stays() throws Exception {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.HOLD_KEY);
        UUID id = application.publish("1", 1);
        awaitListed(1);
        try (Admin admin = Admin.create(ListeningApplication.kafka())) {
            admin.deleteTopics(List.of(topic + ".DLT")).all().get();
        }
        await().untilAsserted(this::createDeadLetterTopic);
        RedriveResult result = application.deadLetters.redrive(ALL, 10);
        assertThat(result.failed())
                .singleElement()
                .satisfies(failed -> assertThat(failed.error())
                        .isEqualTo(
                                "The copy of event %1$s (OrderPlaced of Order 1, %2$s-0@0) for notification is not at %2$s.DLT-0@0 any more: its topic does not keep records for long enough, or was made anew."
                                                .formatted(id, topic)
                                        + " Discard the dead letter, and publish the event again if it is needed."));
        assertThat(application.listed()).isEqualTo(1);
    }

    @Test
    void the_order_of_every_key_is_kept_while_events_come_and_fail_and_several_redrive() throws Exception {
        long seed = System.nanoTime();
        int events = TestSize.of(80, 1000);
        List<String> keys = List.of("a", "b", "c", "d");
        Random random = new Random(seed);
        AtomicIntegerArray failures = new AtomicIntegerArray(events);
        for (int number = 0; number < events; number++)
            failures.set(number, random.nextInt(6) == 0 ? 1 + random.nextInt(6) : 0);
        createDeadLetterTopic();
        ExecutorService operators = Executors.newFixedThreadPool(2);
        CountDownLatch end = new CountDownLatch(1);
        try (ListeningApplication erratic = new ListeningApplication(tables, topic, message -> {
            if (failures.getAndDecrement(ListeningApplication.number(message)) > 0)
                throw new IllegalStateException("this time");
        })) {
            erratic.start(FailedEventPolicy.HOLD_KEY);
            List<Future<?>> redrives = IntStream.range(0, 2)
                    .<Future<?>>mapToObj(i -> operators.submit(() -> {
                        while (end.getCount() > 0) erratic.deadLetters.redrive(ALL, 20);
                        return null;
                    }))
                    .toList();
            Map<String, List<Integer>> published = new ConcurrentHashMap<>();
            for (int number = 0; number < events; number++) {
                String key = keys.get(random.nextInt(keys.size()));
                published.computeIfAbsent(key, id -> new ArrayList<>()).add(number);
                erratic.publish(key, number);
            }
            await().atMost(Duration.ofSeconds(60)).until(erratic::isThrough);
            end.countDown();
            for (Future<?> redrive : redrives) redrive.get();
            while (erratic.listed() > 0) erratic.deadLetters.redrive(ALL, 1000);
            assertThat(erratic.copies()).as("some have failed").isNotEmpty();
            assertThat(keys)
                    .allSatisfy(key ->
                            assertThat(erratic.handled(key)).as("seed %d", seed).isEqualTo(published.get(key)));
        } finally {
            end.countDown();
            operators.shutdownNow();
        }
    }
}
