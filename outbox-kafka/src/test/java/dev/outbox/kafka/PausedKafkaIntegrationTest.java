package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.spi.EventSender;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A broker that stops to answer without closing a connection. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forBrokerTests")
@Timeout(120)
class PausedKafkaIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> KEYS =
            IntStream.range(0, 40).mapToObj(i -> "key " + i).toList();
    private static final RelaySettings SETTINGS = QuickRelay.SETTINGS
            .batch(100)
            .lease(Duration.ofSeconds(2))
            .send(Duration.ofSeconds(1))
            .attempts(1)
            .settings();

    private final Outbox outbox;
    private final Map<UUID, Integer> unanswered = new ConcurrentHashMap<>();

    PausedKafkaIntegrationTest(TestDatabase database) {
        outbox = new Outbox(database.createSchema("paused"));
    }

    /** Paused until an event has been without an answer three times. */
    @Test
    void a_broker_paused_for_longer_than_the_time_out_costs_no_attempt_and_no_order() throws Exception {
        outbox.jdbc.sql("DELETE FROM outbox_lanes WHERE lane > 1").update();
        CountDownLatch midWave = new CountDownLatch(1);
        CountDownLatch paused = new CountDownLatch(1);
        try (KafkaServer kafka = KafkaServer.start();
                KafkaEventSender sender = sender(kafka)) {
            PublishedEvents events =
                    new PublishedEvents(outbox, kafka.bootstrapServers(), kafka.uniqueTopic("paused", 3));
            events.publish(2_000, KEYS);
            Relay relay = outbox.relay(
                    new SteppedSender(counted(sender), 200, step -> {
                        if (step != Step.MID_WAVE) return;
                        midWave.countDown();
                        awaitUninterruptibly(paused);
                    }),
                    (event, error) -> {},
                    SETTINGS,
                    "test");
            relay.start();
            try {
                assertThat(midWave.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                kafka.pause();
                paused.countDown();
                await().atMost(PATIENCE)
                        .until(() -> unanswered.values().stream().anyMatch(times -> times >= 3));
                long stuckAt = events.count(EventStatus.PUBLISHED);
                kafka.resume();
                events.awaitAllDeliveredInOrder();
                assertThat(stuckAt).isLessThan(2_000);
            } finally {
                relay.stop();
            }
        }
    }

    private EventSender counted(EventSender sender) {
        return event -> sender.send(event).whenComplete((position, failure) -> {
            if (failure != null) unanswered.merge(event.eventId(), 1, Integer::sum);
        });
    }

    private static KafkaEventSender sender(KafkaServer kafka) {
        return KafkaEventSender.create(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                SETTINGS.timeouts().send(),
                "/test");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
