package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxMessage;
import dev.outbox.test.ChildJvm;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.TestSize;
import dev.outbox.test.contract.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Relays in processes of their own, on one real database and one real broker. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
class RelayProcessesIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaServer kafka = TestServers.kafka();
    private final DatabaseSchema schema;
    private final Outbox outbox;
    private final List<ChildJvm> processes = new ArrayList<>();
    private final Set<UUID> published = new HashSet<>();
    private final String topic = kafka.uniqueTopic("orders", 3);

    RelayProcessesIntegrationTest(TestDatabase database) {
        schema = database.createSchema("processes");
        outbox = new Outbox(schema);
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(ChildJvm::close);
    }

    @Test
    void two_relays_share_ten_thousand_events_of_five_hundred_keys_in_order() {
        publish(5_000, 500);
        for (ChildJvm relay : List.of(relay(RelayProcess.LONG_LEASE), relay(RelayProcess.LONG_LEASE)))
            relay.awaitLine("committed", PATIENCE);
        Set<String> owners = new HashSet<>();
        await().atMost(PATIENCE).until(() -> {
            publish(5, 500); // until each has had something
            owners.addAll(owners());
            return owners.size() == 2;
        });
        publish(10_000 - published.size(), 500); // while they run
        try (Topic delivered = awaitAllPublishedIn(topic)) {
            assertInOrder(delivered, 500);
            assertThat(delivered.records())
                    .as("no relay died, so nothing is sent twice")
                    .hasSize(10_000);
        }
    }

    @Test
    void relays_that_are_killed_again_and_again_lose_nothing_and_keep_the_order() {
        Random random = new Random(42);
        publish(3_000, 50);
        List<ChildJvm> relays =
                new ArrayList<>(List.of(relay(RelayProcess.SHORT_LEASE), relay(RelayProcess.SHORT_LEASE)));
        for (int kill = 0; kill < TestSize.of(4, 20); kill++) {
            ChildJvm victim = relays.remove(random.nextInt(2));
            victim.awaitLine("committed", PATIENCE); // it relays by now
            publish(500 + random.nextInt(500), 50);
            victim.kill();
            relays.add(relay(RelayProcess.SHORT_LEASE));
        }
        try (Topic delivered = awaitAllPublishedIn(topic)) {
            assertInOrder(delivered, 50);
        }
    }

    @Test
    void an_application_killed_between_commit_and_publish_loses_nothing() {
        ChildJvm application = process(9, RelayProcess.LONG_LEASE, "READ");
        application.awaitLine("committed", PATIENCE);
        application.awaitLine("halted at READ", PATIENCE);
        application.kill();
        try (Topic delivered = new Topic(kafka.bootstrapServers(), topic)) {
            assertThat(delivered.poll().records()).as("sent before the kill").isEmpty();
        }
        outbox.endLeases();
        relay(RelayProcess.LONG_LEASE);
        try (Topic delivered = awaitAllPublishedIn(topic)) {
            assertThat(delivered.events()).hasSize(9);
            assertInOrder(delivered, 3);
        }
    }

    private ChildJvm relay(String lease) {
        return process(0, lease, "send");
    }

    private ChildJvm process(int events, String lease, String mode) {
        ChildJvm process = ChildJvm.start(
                RelayProcess.class,
                List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
                schema.jdbcUrl(),
                schema.username(),
                schema.password(),
                kafka.bootstrapServers(),
                topic,
                Integer.toString(events),
                lease,
                mode);
        processes.add(process);
        return process;
    }

    /** Fifty events a transaction, so that the test is about relays. */
    private void publish(int events, int keys) {
        var publisher = outbox.publisher(() -> {});
        for (int first = 0; first < events; first += 50) {
            int from = first;
            int to = Math.min(events, first + 50);
            published.addAll(outbox.inTransaction(() -> {
                List<UUID> ids = new ArrayList<>();
                for (int i = from; i < to; i++) {
                    ids.add(publisher.publish(OutboxMessage.of("Order", "order " + i % keys, "E", "x".repeat(200))
                            .topic(topic)));
                }
                return ids;
            }));
        }
    }

    private Topic awaitAllPublishedIn(String topic) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> pending() == 0);
        Topic delivered = new Topic(kafka.bootstrapServers(), topic).poll();
        assertThat(delivered.events()).containsAll(published);
        return delivered;
    }

    private static void assertInOrder(Topic delivered, int keys) {
        assertThat(delivered.firstDeliveries())
                .hasSize(keys)
                .allSatisfy((key, seqs) -> assertThat(seqs).isSorted());
    }

    private int pending() {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events WHERE status = 'PENDING'")
                .query(Integer.class)
                .single();
    }

    private List<String> owners() {
        return outbox.jdbc
                .sql("SELECT DISTINCT owner FROM outbox_lanes WHERE owner IS NOT NULL")
                .query(String.class)
                .list();
    }
}
