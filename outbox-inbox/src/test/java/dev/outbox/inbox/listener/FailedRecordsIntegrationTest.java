package dev.outbox.inbox.listener;

import static dev.outbox.inbox.listener.ListeningApplication.CONSUMER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.outbox.UndecryptablePayloadException;
import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.deadletter.Events;
import dev.outbox.test.TestSize;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.support.KafkaHeaders;

/** What becomes of records that a listener fails on. */
class FailedRecordsIntegrationTest extends FailingListener {
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
                        tuple(new EventKey("Order", "1"), 3, false),
                        tuple(new EventKey("Order", "1"), 0, true),
                        tuple(new EventKey("Order", "1"), 0, true));

        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10, WHY)).isEqualTo(new RedriveResult(3, List.of(), ""));
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
        Events.addHeaders(sent.headers(), UUID.randomUUID(), "Order", "1");
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
        assertThat(application.deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(4);
        assertThat(handled()).containsExactly(1, 2, 3, 4, 5, 6);
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
        assertThat(application.deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(2, 3, 1);
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
                        while (end.getCount() > 0) erratic.deadLetters.redrive(ALL, 20, WHY);
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
            while (erratic.listed() > 0) erratic.deadLetters.redrive(ALL, 1000, WHY);
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
