package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.inbox.RecordPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterTopicTest {
    private static final Aside ASIDE =
            new Aside("notification", new FailureCause("java.lang.Exception", "java.lang.Exception: why"), 4, false);
    private static final String BEGINNING =
            "The record at offset 5 of orders-2 fails and cannot be copied to the dead-letter topic orders.DLT, so it is tried again and its partition waits: ";

    private final ConsumerRecord<String, byte[]> record = Events.of("1", 5);
    private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final DeadLetterTopic topic = new DeadLetterTopic(
            () -> {
                producers.add(new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()));
                return producers.get(producers.size() - 1);
            },
            DeadLetterTopic.DEFAULT_PATTERN);

    @Test
    void a_copy_goes_to_the_partition_of_its_key() {
        assertThat(topic.put(record, ASIDE)).isEqualTo(new RecordPosition("orders.DLT", 0, 0));
        assertThat(producers.get(0).history()).singleElement().satisfies(copy -> {
            assertThat(copy.topic()).isEqualTo("orders.DLT");
            assertThat(copy.partition()).as("left to the producer").isNull();
            assertThat(copy.timestamp())
                    .as("what is kept for a while is kept from now on")
                    .isNull();
            assertThat(copy.key()).asString().isEqualTo("1");
            assertThat(copy.value()).isEqualTo(record.value());
        });
    }

    @Test
    void a_failure_says_what_to_do() {
        assertThat(failure(new TimeoutException("not present", new UnknownTopicOrPartitionException())))
                .isEqualTo(BEGINNING + "there is no such topic. Create orders.DLT with as many partitions as orders.");
        assertThat(failure(new RecordTooLargeException()))
                .isEqualTo(BEGINNING
                        + "with its cause in headers it is too large. Raise max.message.bytes of orders.DLT.");
        assertThat(failure(new TopicAuthorizationException("orders.DLT")))
                .isEqualTo(BEGINNING + "this application may not. Allow it to write to orders.DLT.");
        assertThat(failure(new TimeoutException("no answer")))
                .isEqualTo(
                        BEGINNING
                                + "org.apache.kafka.common.errors.TimeoutException: no answer. Check the brokers and the settings of the application's producers.");
        assertThat(producers).as("others may be using it").hasSize(1);
    }

    @Test
    void a_producer_that_is_of_no_more_use_is_replaced() {
        assertThat(failure(new KafkaException("in an error state"))).contains("in an error state");
        assertThat(producers.get(0).closed()).isTrue();
        assertThat(topic.put(record, ASIDE).topic()).isEqualTo("orders.DLT");
        assertThat(producers).hasSize(2);
    }

    /** Of a send that fails so. */
    private String failure(RuntimeException cause) {
        topic.put(record, ASIDE);
        MockProducer<byte[], byte[]> current = producers.get(producers.size() - 1);
        current.sendException = cause;
        try {
            topic.put(record, ASIDE);
            throw new AssertionError("it was put there");
        } catch (DeadLetterException e) {
            assertThat(e).hasCause(cause);
            return String.valueOf(e.getMessage());
        } finally {
            current.sendException = null;
        }
    }

    @Test
    void keys_and_values_of_other_types_are_refused() {
        ConsumerRecord<Long, byte[]> other = new ConsumerRecord<>("orders", 2, 5, 1L, new byte[0]);
        assertThatThrownBy(() -> topic.put(other, ASIDE))
                .isInstanceOf(DeadLetterException.class)
                .hasMessage(
                        "The record at offset 5 of orders-2 cannot be copied to the dead-letter topic, because its consumer reads keys or values as java.lang.Long: let it read them as byte[] or String.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dead-letters", "{topic}"})
    void a_name_that_does_not_tell_the_topics_apart_is_refused(String pattern) {
        assertThatThrownBy(() -> new DeadLetterTopic(Map.of(), pattern))
                .hasMessage(
                        "The name of the dead-letter topic, '%s', does not tell it from the topic of the records. Set outbox.inbox.dead-letter-topic to something like '{topic}.DLT'."
                                .formatted(pattern));
    }

    @Test
    void the_producer_keeps_what_it_acknowledges_whatever_the_application_sets() {
        Map<String, Object> settings = DeadLetterTopic.settings(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                "127.0.0.1:1",
                ProducerConfig.ACKS_CONFIG,
                "1",
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                "application",
                ProducerConfig.LINGER_MS_CONFIG,
                60_000));
        assertThat(settings)
                .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
                .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
                .doesNotContainKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        new KafkaProducer<byte[], byte[]>(settings).close();
    }

    @Test
    void the_original_comes_back_from_a_copy_also_from_one_of_a_copy() {
        record.headers().add("kafka_dlt-original-topic", "earlier".getBytes(UTF_8));
        ConsumerRecord<byte[], byte[]> copy = copyOf(record, "orders.DLT", 8);
        assertOriginal(record, copy, new RecordPosition("orders", 2, 5));
        assertOriginal(copy, copyOf(copy, "orders.DLT.DLT", 9), new RecordPosition("orders.DLT", 0, 8));
        assertThat(DeadLetterHeaders.original(copy, "another", new RecordPosition("orders", 2, 5)))
                .isEmpty();
        assertThat(DeadLetterHeaders.original(copy, "notification", new RecordPosition("orders", 2, 6)))
                .isEmpty();
        assertThat(DeadLetterHeaders.original(
                        new ConsumerRecord<>("orders.DLT", 0, 8, new byte[0], new byte[0]),
                        "notification",
                        new RecordPosition("orders", 2, 5)))
                .isEmpty();
    }

    private static ConsumerRecord<byte[], byte[]> copyOf(ConsumerRecord<?, byte[]> record, String topic, long offset) {
        ConsumerRecord<byte[], byte[]> copy =
                new ConsumerRecord<>(topic, 0, offset, "1".getBytes(UTF_8), record.value());
        DeadLetterHeaders.of(record, ASIDE).forEach(copy.headers()::add);
        return copy;
    }

    private static void assertOriginal(
            ConsumerRecord<?, byte[]> expected, ConsumerRecord<byte[], byte[]> copy, RecordPosition source) {
        ConsumerRecord<byte[], byte[]> original =
                DeadLetterHeaders.original(copy, "notification", source).orElseThrow();
        assertThat(new RecordPosition(original.topic(), original.partition(), original.offset()))
                .isEqualTo(source);
        assertThat(original.timestamp()).isEqualTo(expected.timestamp());
        assertThat(original.timestampType()).isEqualTo(expected.timestampType());
        assertThat(original.key()).asString().isEqualTo("1");
        assertThat(original.value()).isEqualTo(expected.value());
        assertThat(original.headers()).containsExactly(expected.headers().toArray());
    }
}
