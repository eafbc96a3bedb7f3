package dev.outbox.relay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneMark;
import dev.outbox.store.Reading;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The floor of a lane on PostgreSQL: it moves, and nothing is ever lost below it. */
@Timeout(60)
class FloorIntegrationTest {
    private final PostgresSchema schema = TestServers.postgres().createSchema("floor");
    private final Broker broker = new Broker();
    private Outbox outbox;
    private Relay relay;

    @BeforeEach
    void start() {
        outbox = new Outbox(new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()));
        relay = newRelay();
        relay.start();
    }

    @AfterEach
    void stop() {
        relay.stop();
    }

    @Test
    void rises_with_what_is_published() {
        publishUntilTheFloorRises();
    }

    @Test
    void rises_under_a_read_only_snapshot_that_somebody_holds() throws Exception {
        try (Connection holder = schema.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            holder.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.executeQuery("SELECT count(*) FROM outbox_events").next();
            publishUntilTheFloorRises();
        }
    }

    /** The writer of "late" has drawn its number before all the others, and commits after they are published. */
    @Test
    void does_not_pass_a_number_that_is_drawn_and_not_committed() throws Exception {
        CountDownLatch drawn = new CountDownLatch(1);
        CountDownLatch commit = new CountDownLatch(1);
        List<UUID> late = new ArrayList<>();
        Thread writer = new Thread(() -> outbox.inTransaction(() -> {
            late.add(outbox.publisher(relay::nudge).publish(OutboxMessage.of("Order", "late", "E", "")));
            drawn.countDown();
            awaitUninterruptibly(commit);
            return true;
        }));
        writer.start();
        drawn.await();
        String neighbour = outbox.neighbourOf("late");
        for (int i = 0; i < 30; i++) awaitPublished(publish(neighbour));
        commit.countDown();
        writer.join();
        UUID next = publish("late");
        awaitPublished(late.get(0));
        awaitPublished(next);
        assertThat(broker.received()).containsSubsequence(late.get(0), next);
    }

    @Test
    void is_lowered_for_an_approved_event_while_others_are_published() {
        UUID[] poison = new UUID[1];
        broker.answer(event -> event.eventId().equals(poison[0])
                ? CompletableFuture.failedFuture(new IllegalStateException("poison"))
                : Broker.acknowledged());
        outbox.inTransaction(
                () -> poison[0] = outbox.publisher(relay::nudge).publish(OutboxMessage.of("Order", "A", "E", "")));
        UUID follower = publish("A");
        await().until(() -> status(poison[0]) == EventStatus.QUARANTINED);
        String neighbour = outbox.neighbourOf("A");
        await().untilAsserted(() -> {
            awaitPublished(publish(neighbour));
            assertThat(floor())
                    .isGreaterThan(outbox.events.find(follower).orElseThrow().seq());
        });
        broker.answer(event -> Broker.acknowledged());
        assertThat(outbox.quarantine.approve(poison[0])).isTrue();
        UUID last = publish("A");
        awaitPublished(poison[0]);
        awaitPublished(follower);
        awaitPublished(last);
        assertThat(broker.received()).containsSubsequence(poison[0], follower, last);
    }

    /** A relay that keeps a lane has raised its floor in memory only, when somebody approves an event below it. */
    @Test
    void in_memory_gives_way_to_an_approval_in_the_next_read_and_the_next_mark() {
        relay.stop();
        UUID poison = publish("A");
        String neighbour = outbox.neighbourOf("A");
        LaneClaim claim = outbox.lanes.claim("busy", Duration.ofMinutes(10), 1).get(0);
        BatchMarks quarantine =
                new BatchMarks(List.of(), List.of(new Failure(seq(poison), true, null, "poison")), List.of());
        LaneFloor floor = mark(claim, claim.floor(), quarantine);
        while (floor.value() <= seq(poison)) {
            long seq = seq(publish(neighbour));
            floor = mark(claim, floor, new BatchMarks(List.of(seq), List.of(), List.of()));
        }
        assertThat(floor()).as("written down").isZero();

        assertThat(outbox.quarantine.approve(poison)).isTrue();

        assertThat(outbox.batches
                        .read(List.of(claim.at(floor)), 10, Long.MAX_VALUE)
                        .candidates())
                .extracting(candidate -> candidate.event().eventId())
                .containsExactly(poison);
        assertThat(mark(claim, floor, BatchMarks.NONE).value()).isLessThan(seq(poison));
    }

    /** What was read before the approval says nothing of the approved event. */
    @Test
    void does_not_rise_by_what_was_read_before_an_approval() {
        relay.stop();
        UUID poison = publish("A");
        String neighbour = outbox.neighbourOf("A");
        LaneClaim claim = outbox.lanes.claim("busy", Duration.ofMinutes(10), 1).get(0);
        BatchMarks quarantine =
                new BatchMarks(List.of(), List.of(new Failure(seq(poison), true, null, "poison")), List.of());
        Reading first = outbox.batches.read(List.of(claim), 10, Long.MAX_VALUE);
        LaneFloor written = mark(new LaneMark(claim, first, false, quarantine, Duration.ofMinutes(10)));
        assertThat(written.high()).isEqualTo(seq(poison));
        publish(neighbour);
        Reading second = outbox.batches.read(List.of(claim.at(written)), 10, Long.MAX_VALUE);

        assertThat(outbox.quarantine.approve(poison)).isTrue();

        LaneFloor after = mark(new LaneMark(claim.at(written), second, false, BatchMarks.NONE, null));
        assertThat(after.value()).isLessThan(seq(poison));
        LaneFloor atTheEnd = mark(new LaneMark(claim.at(after), second, false, BatchMarks.NONE, null));
        assertThat(atTheEnd.value()).as("after the second mark of the batch").isLessThan(seq(poison));
    }

    private LaneFloor mark(LaneClaim claim, LaneFloor known, BatchMarks marks) {
        Reading reading = outbox.batches.read(List.of(claim.at(known)), 10, Long.MAX_VALUE);
        return mark(new LaneMark(claim.at(known), reading, false, marks, null));
    }

    private LaneFloor mark(LaneMark mark) {
        return requireNonNull(
                outbox.marking.mark(List.of(mark)).floors().get(mark.claim().lane()));
    }

    private long seq(UUID id) {
        return outbox.events.find(id).orElseThrow().seq();
    }

    @Test
    void is_forgotten_when_the_sequence_has_gone_backwards() {
        publishUntilTheFloorRises();
        relay.stop();
        outbox.jdbc.sql("TRUNCATE outbox_events RESTART IDENTITY").update();
        UUID id = publish("A");
        relay = newRelay();
        relay.start();
        awaitPublished(id);
    }

    private Relay newRelay() {
        return outbox.relay(
                broker, (event, error) -> {}, QuickRelay.SETTINGS.attempts(2).settings(), "test");
    }

    private void publishUntilTheFloorRises() {
        await().untilAsserted(() -> {
            awaitPublished(publish("A"));
            assertThat(floor()).isPositive();
        });
    }

    private UUID publish(String key) {
        return outbox.inTransaction(
                () -> outbox.publisher(relay::nudge).publish(OutboxMessage.of("Order", key, "E", "")));
    }

    private void awaitPublished(UUID id) {
        await().untilAsserted(() -> assertThat(status(id)).isEqualTo(EventStatus.PUBLISHED));
    }

    private EventStatus status(UUID id) {
        return outbox.events.find(id).orElseThrow().status();
    }

    private long floor() {
        return outbox.jdbc
                .sql("SELECT max(floor) FROM outbox_lanes")
                .query(Long.class)
                .single();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
