package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A transaction that draws its sequence number early and commits late, among others of its lane, up to the topic. */
@Timeout(120)
class LateCommitIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROUNDS = 4;
    private static final int WRITERS = 3;

    private final KafkaServer kafka = TestServers.kafka();
    private final PostgresSchema schema = TestServers.postgres().createSchema("late");
    private final Outbox outbox =
            new Outbox(new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()));
    private final ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    private volatile boolean enough;

    @BeforeEach
    void leaveOneLane() {
        outbox.jdbc.sql("DELETE FROM outbox_lanes WHERE lane > 0").update();
    }

    @AfterEach
    void stopWriters() {
        enough = true;
        writers.shutdownNow();
    }

    @Test
    void an_event_committed_seconds_late_arrives_before_the_next_one_of_its_key() throws Exception {
        PublishedEvents events = new PublishedEvents(outbox, kafka.bootstrapServers(), kafka.uniqueTopic("late", 3));
        RelaySettings settings = QuickRelay.SETTINGS.batch(50).settings();
        try (KafkaEventSender sender = KafkaEventSender.create(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                settings.timeouts().send(),
                "/test")) {
            Relay relay = outbox.relay(sender, (event, error) -> {}, settings, "test");
            relay.start();
            try {
                List<Future<?>> running = startWriters(events);
                for (int round = 0; round < ROUNDS; round++) {
                    String key = "late " + round;
                    outbox.inTransaction(() -> {
                        long before = committed(EventStatus.PUBLISHED);
                        events.inCallersTransaction(key);
                        await().atMost(PATIENCE).until(() -> committed(EventStatus.PUBLISHED) >= before + 300);
                        return true;
                    });
                    for (int next = 0; next < 3; next++) events.publish(1, List.of(key));
                }
                enough = true;
                for (Future<?> writer : running) writer.get();
                events.awaitAllDeliveredInOrder();
                assertThat(floor()).as("the floor, which must have moved").isPositive();
            } finally {
                relay.stop();
            }
        }
    }

    private List<Future<?>> startWriters(PublishedEvents events) {
        return IntStream.range(0, WRITERS)
                .<Future<?>>mapToObj(number -> writers.submit(() -> {
                    Random random = new Random(number);
                    List<String> keys = IntStream.range(0, 5)
                            .mapToObj(i -> "writer " + number + " key " + i)
                            .toList();
                    while (!enough) events.publish(1 + random.nextInt(4), keys.subList(random.nextInt(4), 5));
                }))
                .toList();
    }

    /** Seen by another connection than the one of the open transaction. */
    private long committed(EventStatus status) {
        try (var connection = schema.connect();
                var statement = connection.prepareStatement("SELECT count(*) FROM outbox_events WHERE status = ?")) {
            statement.setString(1, status.name());
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long floor() {
        return outbox.jdbc
                .sql("SELECT floor FROM outbox_lanes")
                .query(Long.class)
                .single();
    }
}
