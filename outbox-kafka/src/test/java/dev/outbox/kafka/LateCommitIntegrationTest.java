package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A transaction that draws its sequence numbers early and commits late, among others of its lane, up to the topic. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
@Timeout(120)
class LateCommitIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WRITERS = 3;

    private final KafkaServer kafka = TestServers.kafka();
    private final Outbox outbox;
    private final boolean floorsPassOpenTransactions;
    private final int rounds;
    private final ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    private volatile boolean enough;

    LateCommitIntegrationTest(TestDatabase database) {
        outbox = new Outbox(database.createSchema("late"));
        floorsPassOpenTransactions = database != TestDatabase.POSTGRESQL;
        rounds = floorsPassOpenTransactions ? 2 : 4;
    }

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
                for (int round = 0; round < rounds; round++) {
                    String key = "late " + round;
                    commitLate(events, "late and the last of its key " + round, key);
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

    /** One event of each key. Awaitility has a thread, and so a connection, of its own. */
    private void commitLate(PublishedEvents events, String... keys) {
        long before = events.count(EventStatus.PUBLISHED);
        outbox.inTransaction(() -> {
            long last = 0;
            for (String key : keys) last = seq(events.inCallersTransaction(key));
            long drawn = last;
            await().atMost(PATIENCE).until(() -> events.count(EventStatus.PUBLISHED) >= before + 300);
            if (floorsPassOpenTransactions) await().atMost(PATIENCE).until(() -> floor() > drawn);
            return true;
        });
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

    private long seq(UUID event) {
        return outbox.events.find(event).orElseThrow().seq();
    }

    private long floor() {
        return outbox.jdbc
                .sql("SELECT floor FROM outbox_lanes")
                .query(Long.class)
                .single();
    }
}
