package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPause;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What an operator pauses waits, keeps its order and its attempts, and goes on when it is resumed; everything else goes on meanwhile. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
@Timeout(60)
class PauseIntegrationTest {
    private static final Duration A_WHILE = Duration.ofMillis(400);

    private final Broker broker = new Broker();
    private final Outbox outbox;
    private Relay relay;

    PauseIntegrationTest(TestDatabase database) {
        outbox = new Outbox(new KeptConnections(database.createSchema("pause")));
        relay = outbox.relay(
                broker, (event, error) -> {}, QuickRelay.SETTINGS.attempts(1).settings(), "test");
        relay.start();
    }

    @AfterEach
    void stop() {
        relay.stop();
    }

    @Test
    void everything_waits_and_goes_on_in_order() {
        assertThat(outbox.operations.pause(OutboxPause.everything(), "a test")).isTrue();
        UUID first = publish("A", "t");
        UUID second = publish("A", "t");
        assertThatNothingIsSent();
        assertThat(outbox.operations.resume(OutboxPause.everything(), "a test")).isTrue();
        awaitPublished(first, second);
        assertThat(broker.received()).containsExactly(first, second);
    }

    @Test
    void a_lane_waits_and_the_others_go_on() {
        int lane = laneOf("A");
        outbox.operations.pause(OutboxPause.lane(lane), "a test");
        UUID waiting = publish("A", "t");
        UUID other = publish("B", "t");
        awaitPublished(other);
        assertThat(status(waiting)).isEqualTo(EventStatus.PENDING);
        outbox.operations.resume(OutboxPause.lane(lane), "a test");
        awaitPublished(waiting);
    }

    @Test
    void a_topic_waits_without_using_attempts_and_the_others_go_on() {
        outbox.operations.pause(OutboxPause.topic("paused"), "a test");
        UUID first = publish("A", "paused");
        UUID second = publish("A", "other");
        UUID neighbour = publish(outbox.neighbourOf("A"), "other");
        awaitPublished(neighbour);
        await().until(() -> status(first) == EventStatus.RETRYING && status(second) == EventStatus.BLOCKED);
        assertThat(broker.received()).containsExactly(neighbour);
        assertThat(outbox.jdbc
                        .sql("SELECT sum(attempts) FROM outbox_events")
                        .query(Long.class)
                        .single())
                .isZero();

        outbox.operations.resume(OutboxPause.topic("paused"), "a test");
        awaitPublished(first, second);
        assertThat(broker.received()).containsExactly(neighbour, first, second);
    }

    /** So that a pause costs nothing. */
    @Test
    void what_is_paused_is_not_claimed() {
        relay.stop();
        int lane = outbox.laneOf(publish("A", "t"));
        for (OutboxPause pause : List.of(OutboxPause.everything(), OutboxPause.lane(lane))) {
            outbox.operations.pause(pause, "a test");
            assertThat(outbox.claim("test", Duration.ofNanos(1))).isEmpty();
            outbox.operations.resume(pause, "a test");
            assertThat(outbox.claim("test", Duration.ofNanos(1))).isPresent();
        }
    }

    /** The backlog of a paused topic must not fill the batches. */
    @Test
    void a_topic_with_more_events_than_a_batch_does_not_crowd_out_the_others() {
        relay.stop();
        outbox.operations.pause(OutboxPause.topic("paused"), "a test");
        for (int i = 0; i < 50; i++) publish("key " + i, "paused");
        for (int i = 0; i < 50; i++) publish("A", "paused");
        UUID other = publish(outbox.neighbourOf("A"), "other");
        relay = outbox.relay(
                broker, (event, error) -> {}, QuickRelay.SETTINGS.batch(10).settings(), "test");
        relay.start();
        awaitPublished(other);
        assertThat(broker.received()).containsExactly(other);
    }

    /** A lane that is kept from batch to batch notices a pause as well. */
    @Test
    void a_pause_ends_a_drain_that_is_under_way() {
        relay.stop();
        for (int i = 0; i < 100; i++) publish("A", "t");
        broker.answer(event -> {
            if (broker.received().size() == 10) outbox.operations.pause(OutboxPause.everything(), "a test");
            return Broker.acknowledged();
        });
        relay = outbox.relay(
                broker, (event, error) -> {}, QuickRelay.SETTINGS.batch(10).settings(), "test");
        relay.start();
        await().until(() -> broker.received().size() == 10);
        await().during(A_WHILE).until(() -> broker.received().size() == 10);
    }

    @Test
    void a_pause_is_told_and_kept_once() {
        assertThat(outbox.operations.pauses()).isEmpty();
        assertThat(outbox.operations.resume(OutboxPause.lane(3), "a test")).isFalse();
        assertThat(outbox.operations.pause(OutboxPause.lane(3), "a test")).isTrue();
        assertThat(outbox.operations.pause(OutboxPause.lane(3), "a test")).isFalse();
        assertThat(outbox.operations.pause(OutboxPause.topic("t"), "a test")).isTrue();
        assertThat(outbox.operations.pauses()).containsExactly(OutboxPause.lane(3), OutboxPause.topic("t"));
    }

    @Test
    void what_cannot_be_there_cannot_be_paused() {
        assertThatThrownBy(() -> OutboxPause.lane(-1)).hasMessage("There is no LANE '-1' to pause.");
        assertThatThrownBy(() -> OutboxPause.topic(" ")).hasMessage("There is no TOPIC ' ' to pause.");
    }

    private UUID publish(String key, String topic) {
        OutboxMessage message = OutboxMessage.of("Order", key, "E", "").topic(topic);
        return outbox.inTransaction(() -> outbox.publisher(relay::nudge).publish(message));
    }

    private int laneOf(String key) {
        UUID id = publish(key, "t");
        awaitPublished(id);
        return outbox.laneOf(id);
    }

    private EventStatus status(UUID id) {
        return outbox.events.find(id).orElseThrow().status();
    }

    private void awaitPublished(UUID... ids) {
        await().untilAsserted(() -> assertThat(ids).allMatch(id -> status(id) == EventStatus.PUBLISHED));
    }

    private void assertThatNothingIsSent() {
        await().during(A_WHILE).until(() -> broker.received().isEmpty());
    }
}
