package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A consumer that is killed when its change is committed and its offset is not. */
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

    @Test
    void what_it_has_committed_is_not_handled_again_and_the_rest_is() throws Exception {
        jdbc.execute("CREATE TABLE taken (event_id uuid)");
        List<UUID> sent = send(5 * POLL);
        try (ChildJvm first = consumer(2)) {
            first.awaitLine(ConsumerProcess.LAST_WORDS, START);
            await().until(() -> !first.isAlive());
        }
        assertThat(taken()).as("at its death").hasSize(2 * POLL);
        assertThat(acknowledged()).as("at its death").isLessThan(2 * POLL);
        try (ChildJvm second = consumer(0)) {
            await().atMost(START).until(() -> taken().size() >= sent.size() && acknowledged() == sent.size());
            assertThat(second.isAlive()).isTrue();
        }
        assertThat(taken()).containsExactlyElementsOf(sent);
    }

    private ChildJvm consumer(int dieAt) {
        return ChildJvm.start(
                ConsumerProcess.class,
                List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
                "--topic=" + topic,
                "--die-at=" + dieAt,
                "--spring.datasource.url=" + schema.jdbcUrl(),
                "--spring.datasource.username=" + schema.username(),
                "--spring.datasource.password=" + schema.password(),
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--spring.kafka.consumer.max-poll-records=" + POLL,
                "--spring.kafka.consumer.properties.session.timeout.ms=3000",
                "--spring.kafka.consumer.properties.heartbeat.interval.ms=1000",
                "--outbox.inbox.schema.initialize=true");
    }

    private List<UUID> taken() {
        return jdbc.queryForList("SELECT event_id FROM taken", UUID.class);
    }

    private long acknowledged() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(offset -> offset == null ? 0 : offset.offset())
                    .sum();
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
