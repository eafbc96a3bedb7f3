package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a relay counts, on real databases: an event's time is read differently from each. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
@Timeout(60)
class RelayMetersIntegrationTest {
    private final Broker broker = new Broker();
    private final Outbox outbox;
    private final Relay relay;

    RelayMetersIntegrationTest(TestDatabase database) {
        outbox = new Outbox(new KeptConnections(database.createSchema("meters")));
        relay = outbox.relay(
                broker, (event, error) -> {}, QuickRelay.SETTINGS.attempts(2).settings(), "test");
    }

    @AfterEach
    void stop() {
        relay.stop();
    }

    @Test
    void published_events_are_counted_and_timed() {
        for (String key : new String[] {"A", "A", "B"}) outbox.publish(key, "");
        relay.start();
        awaitCount("outbox.relay.published", 3);
        Timer latency = outbox.meters.get("outbox.relay.publish.latency").timer();
        await().until(() -> latency.count() == 3);
        assertThat(latency.max(TimeUnit.NANOSECONDS))
                .isBetween(1.0, (double) Duration.ofMinutes(1).toNanos());
        assertThat(outbox.meters.get("outbox.relay.batch.size").summary().totalAmount())
                .isEqualTo(3);
    }

    @Test
    void failures_are_counted_by_scope_and_by_what_becomes_of_the_event() {
        UUID poison = outbox.publish("A", "");
        UUID hopeless = outbox.publish("B", "");
        UUID lost = outbox.publish("C", "");
        IllegalStateException reason = new IllegalStateException("not now");
        int[] left = {1};
        broker.answer(event -> {
            if (event.eventId().equals(poison)) return CompletableFuture.failedFuture(reason);
            if (event.eventId().equals(hopeless))
                return CompletableFuture.failedFuture(SendException.ofEventForGood(reason));
            if (event.eventId().equals(lost) && left[0]-- > 0)
                return CompletableFuture.failedFuture(SendException.ofTopic(reason));
            return Broker.acknowledged();
        });
        relay.start();
        awaitCount("outbox.relay.published", 1);
        awaitCount("outbox.relay.quarantined", 2);
        assertThat(failures("event", "retry")).isEqualTo(1);
        assertThat(failures("event", "quarantine")).isEqualTo(2);
        assertThat(failures("topic", "retry")).isEqualTo(1);
        assertThat(failures("broker", "retry")).isZero();
    }

    @Test
    void the_circuit_opens_while_the_broker_is_gone_and_closes_again() {
        broker.answer(
                event -> CompletableFuture.failedFuture(SendException.ofBroker(new IllegalStateException("gone"))));
        outbox.publish("A", "");
        relay.start();
        await().until(() -> gauge("outbox.relay.circuit.state") == 2);
        await().until(() -> failures("broker", "retry") > 0);
        broker.answer(event -> Broker.acknowledged());
        awaitCount("outbox.relay.published", 1);
        await().until(() -> gauge("outbox.relay.circuit.state") == 0);
    }

    @Test
    void lanes_are_busy_while_their_events_are_sent() {
        CompletableFuture<SentPosition> slow = new CompletableFuture<>();
        broker.answer(event -> slow);
        outbox.publish("A", "");
        outbox.publish(outbox.neighbourOf("A"), "");
        relay.start();
        await().until(() -> gauge("outbox.relay.lanes.busy") == 1);
        slow.complete(new SentPosition("t", 0, 0));
        awaitCount("outbox.relay.published", 2);
        await().until(() -> gauge("outbox.relay.lanes.busy") == 0);
    }

    private void awaitCount(String counter, int count) {
        await().untilAsserted(() ->
                assertThat(outbox.meters.get(counter).counter().count()).isEqualTo(count));
    }

    private double failures(String scope, String result) {
        return outbox.meters
                .get("outbox.relay.failures")
                .tags("scope", scope, "result", result)
                .counter()
                .count();
    }

    private double gauge(String name) {
        return outbox.meters.get(name).gauge().value();
    }
}
