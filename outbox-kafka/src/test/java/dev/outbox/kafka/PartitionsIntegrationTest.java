package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxPause;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The steps of docs/partitions.md, on a topic that is written to all the time and a consumer that lags behind. */
@Timeout(120)
class PartitionsIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The consumer needs two seconds for it. */
    private static final int BACKLOG = 1000;

    private static final List<String> KEYS =
            IntStream.range(0, 20).mapToObj(i -> "key " + i).toList();

    private final Outbox outbox = new Outbox(TestDatabase.POSTGRESQL.createSchema("partitions"));
    private final KafkaServer kafka = TestServers.kafka();
    private final String topic = kafka.uniqueTopic("partitions", 2);
    private final PublishedEvents events = new PublishedEvents(outbox, kafka.bootstrapServers(), topic);

    private record RunningRelay(Relay relay, KafkaEventSender sender) implements AutoCloseable {
        @Override
        public void close() {
            relay.stop();
            sender.close();
        }
    }

    /** An application that goes on publishing, so that something waits at every step. */
    private final class Publisher implements AutoCloseable {
        private final Thread thread = new Thread(this::publish, "publisher");
        private volatile boolean stopped;
        private volatile int count;

        Publisher() {
            thread.start();
        }

        private void publish() {
            publish(BACKLOG);
            while (!stopped) {
                publish(KEYS.size());
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }

        private void publish(int number) {
            events.publish(number, KEYS);
            count = count + number;
        }

        int stop() throws InterruptedException {
            close();
            return count;
        }

        @Override
        public void close() throws InterruptedException {
            stopped = true;
            thread.join();
        }
    }

    @Test
    void the_steps_of_the_page_keep_the_order_of_every_key() throws Exception {
        RunningRelay old = relay();
        try (SlowConsumer consumer = new SlowConsumer(kafka.bootstrapServers(), topic);
                Publisher publisher = new Publisher()) {
            await().atMost(PATIENCE).until(() -> consumer.handled() > 200);

            outbox.operations.pause(OutboxPause.topic(topic), "a test");
            Set<String> before = claims();
            await().atMost(PATIENCE).until(() -> Collections.disjoint(before, claims()));
            await().atMost(PATIENCE).until(() -> consumer.lag() == 0);
            addPartitions(6);
            old.close();
            try (RunningRelay restarted = relay()) {
                await().atMost(PATIENCE).until(() -> consumer.assignedPartitions() == 6);
                outbox.operations.resume(OutboxPause.topic(topic), "a test");

                int handledBefore = consumer.handled();
                await().atMost(PATIENCE).until(() -> consumer.handled() > handledBefore + 200);
                int published = publisher.stop();
                await().atMost(PATIENCE).until(() -> consumer.handled() == published);
            }
            assertThat(consumer.seqs())
                    .allSatisfy((key, seqs) -> assertThat(seqs).as(key).isSorted());
            assertThat(consumer.movedKeys()).as("keys that have moved").isPositive();
        } finally {
            old.close();
        }
    }

    private RunningRelay relay() {
        RelaySettings settings = QuickRelay.SETTINGS.settings();
        KafkaEventSender sender = KafkaEventSender.create(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                settings.timeouts().send(),
                "/test");
        Relay relay = outbox.relay(sender, (event, error) -> {}, settings, "test");
        relay.start();
        return new RunningRelay(relay, sender);
    }

    private Set<String> claims() {
        return outbox
                .jdbc
                .sql("SELECT lane, token FROM outbox_lanes WHERE lease_until > CURRENT_TIMESTAMP")
                .query((row, number) -> row.getInt("lane") + " " + row.getLong("token"))
                .stream()
                .collect(Collectors.toSet());
    }

    private void addPartitions(int total) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total)))
                    .all()
                    .get();
        }
    }
}
