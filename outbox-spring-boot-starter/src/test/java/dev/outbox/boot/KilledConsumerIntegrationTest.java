package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.boot.ConsumerProcess.Taking;
import dev.outbox.test.ChildJvm;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A consumer that is killed when its work is done and its offset is not committed. */
@Timeout(120)
class KilledConsumerIntegrationTest {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int POLL = 10;

    /** The name of the consumer. */
    private static final String GROUP = "killed";

    private final KafkaServer kafka = TestServers.kafka();
    private final PostgresSchema schema = TestServers.postgres().createSchema("killed");
    private final String topic = kafka.uniqueTopic("killed", 1);
    private final JdbcTemplate jdbc =
            new JdbcTemplate(new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()));

    @ParameterizedTest
    @CsvSource({"BATCHES, 2, 20", "RECORDS, 15, 15"})
    void what_it_has_committed_is_not_handled_again_and_the_rest_is(Taking taking, int dieAt, int committed)
            throws Exception {
        List<UUID> sent = send(5 * POLL);
        die(taking, dieAt, committed);
        goOn(taking, sent.size());
        assertThat(taken()).containsExactlyElementsOf(sent);
    }

    /** Nothing could tell whether the work was done. So it is told the event's id each time. */
    @Test
    void what_it_has_worked_for_without_a_transaction_and_not_recorded_is_worked_for_again_and_nothing_else()
            throws Exception {
        List<UUID> sent = send(2 * POLL);
        die(Taking.WITHOUT_TRANSACTION, 15, 15);
        goOn(Taking.WITHOUT_TRANSACTION, sent.size());
        List<UUID> expected = new ArrayList<>(sent);
        expected.add(15, sent.get(14));
        assertThat(taken()).containsExactlyElementsOf(expected);
    }

    private void die(Taking taking, int dieAt, int done) throws Exception {
        jdbc.execute("CREATE TABLE taken (event_id uuid)");
        try (ChildJvm first = consumer(taking, dieAt)) {
            first.awaitLine(ConsumerProcess.LAST_WORDS, START);
            await().until(() -> !first.isAlive());
        }
        assertThat(taken()).as("at its death").hasSize(done);
        assertThat(acknowledged()).as("at its death").isLessThan(done);
    }

    private void goOn(Taking taking, int sent) {
        try (ChildJvm second = consumer(taking, 0)) {
            await().atMost(START).until(() -> acknowledged() == sent);
            assertThat(second.isAlive()).isTrue();
        }
    }

    private ChildJvm consumer(Taking taking, int dieAt) {
        return ChildJvm.start(
                ConsumerProcess.class,
                List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
                "--topic=" + topic,
                "--taking=" + taking,
                "--die-at=" + dieAt,
                "--spring.datasource.url=" + schema.jdbcUrl(),
                "--spring.datasource.username=" + schema.username(),
                "--spring.datasource.password=" + schema.password(),
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--spring.kafka.consumer.max-poll-records=" + POLL,
                "--spring.kafka.consumer.properties.session.timeout.ms=3000",
                "--spring.kafka.consumer.properties.heartbeat.interval.ms=1000",
                "--outbox.inbox.claim-time=1s",
                "--outbox.inbox.schema.initialize=true");
    }

    private List<UUID> taken() {
        return jdbc.queryForList("SELECT event_id FROM taken", UUID.class);
    }

    /** The group has offsets in the topics of the other tests too. */
    private long acknowledged() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topic, 0));
            return offset == null ? 0 : offset.offset();
        }
    }

    private List<UUID> send(int events) throws Exception {
        List<UUID> sent = new ArrayList<>();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < events; i++) {
                UUID id = UUID.randomUUID();
                ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, "1", new byte[0]);
                Map.of(
                                "ce_id", id.toString(),
                                "ce_type", "E",
                                "ce_subject", "1",
                                "ce_aggregatetype", "Order",
                                "ce_time", Instant.now().toString())
                        .forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
                producer.send(record).get();
                sent.add(id);
            }
        }
        return sent;
    }
}
