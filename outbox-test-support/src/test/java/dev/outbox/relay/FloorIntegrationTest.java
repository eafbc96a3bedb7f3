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
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The floor of a lane: it moves, and nothing is ever lost below it. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
@Timeout(60)
class FloorIntegrationTest {
    private final DatabaseSchema schema;
    private final boolean postgres;
    private final Broker broker = new Broker();
    private final Outbox outbox;
    private Relay relay;

    FloorIntegrationTest(TestDatabase database) {
        schema = database.createSchema("floor");
        outbox = new Outbox(new KeptConnections(schema));
        postgres = database == TestDatabase.POSTGRESQL;
        relay = newRelay();
    }

    @BeforeEach
    void start() {
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

    /** The writer of "late" has drawn its number before all the others, and commits after they are published. Where floors go by time one passes it all the same. */
    @Test
    void loses_nothing_that_was_drawn_before_it_rose_and_committed_after() {
        String neighbour = outbox.neighbourOf("late");
        UUID late = outbox.inTransaction(() -> {
            UUID drawn = outbox.publisher(relay::nudge).publish(OutboxMessage.of("Order", "late", "E", ""));
            long seq = seq(drawn);
            inAnotherTransaction(() -> {
                for (int i = 0; i < 30; i++) awaitPublished(publish(neighbour));
                if (!postgres) publishUntilTheFloorIsAt(seq, neighbour);
                else assertThat(floor()).isLessThan(seq);
            });
            return drawn;
        });
        UUID next = publish("late");
        awaitPublished(late);
        awaitPublished(next);
        assertThat(broker.received()).containsSubsequence(late, next);
    }

    private static void inAnotherTransaction(Runnable work) {
        CompletableFuture.runAsync(work).join();
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
        assertThat(outbox.operations.approve(poison[0], "a test")).isTrue();
        UUID last = publish("A");
        awaitPublished(poison[0]);
        awaitPublished(follower);
        awaitPublished(last);
        assertThat(broker.received()).containsSubsequence(poison[0], follower, last);
    }

    /** A relay that keeps a lane has raised its floor in memory only, when somebody approves an event below it. */
    @Test
    void in_memory_gives_way_to_an_approval_in_the_next_read_or_the_next_mark() {
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

        assertThat(outbox.operations.approve(poison, "a test")).isTrue();

        if (postgres) assertThat(read(claim.at(floor))).containsExactly(poison);
        LaneFloor after = mark(claim, floor, BatchMarks.NONE);
        assertThat(after.value()).isLessThan(seq(poison));
        assertThat(read(claim.at(after))).containsExactly(poison);
    }

    private List<UUID> read(LaneClaim claim) {
        return outbox.batches.read(List.of(claim), 10, Long.MAX_VALUE).candidates().stream()
                .map(candidate -> candidate.event().eventId())
                .toList();
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
        Reading second = await().until(
                        () -> outbox.batches.read(List.of(claim.at(written)), 10, Long.MAX_VALUE),
                        reading -> reading.oldestRunning() > requireNonNull(written.horizon()));

        assertThat(outbox.operations.approve(poison, "a test")).isTrue();

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
        outbox.jdbc
                .sql("TRUNCATE TABLE outbox_events" + (postgres ? " RESTART IDENTITY" : ""))
                .update();
        UUID id = publish("A");
        relay = newRelay();
        relay.start();
        awaitPublished(id);
    }

    @Test
    void is_forgotten_only_when_it_is_above_the_sequence() {
        relay.stop();
        UUID last = publish("A");
        raiseTo(seq(last));
        assertThat(outbox.lanes.forgetFloorsAboveTheSequence()).isFalse();
        assertThat(floor()).isEqualTo(seq(last));
        raiseTo(seq(last) + 1);
        boolean known = outbox.lanes.forgetFloorsAboveTheSequence();
        assertThat(known).as("elsewhere the event may just have been deleted").isEqualTo(postgres);
        assertThat(floor()).isZero();
    }

    @Test
    void is_compared_with_the_sequence_without_waiting_for_a_publisher() {
        relay.stop();
        outbox.inTransaction(() -> {
            outbox.publisher(() -> {}).publish(OutboxMessage.of("Order", "A", "E", ""));
            inAnotherTransaction(() ->
                    assertThat(outbox.lanes.forgetFloorsAboveTheSequence()).isFalse());
            return true;
        });
    }

    private void raiseTo(long floor) {
        outbox.jdbc
                .sql("UPDATE outbox_lanes SET floor = :floor")
                .param("floor", floor)
                .update();
    }

    private Relay newRelay() {
        return outbox.relay(
                broker, (event, error) -> {}, QuickRelay.SETTINGS.attempts(2).settings(), "test");
    }

    private void publishUntilTheFloorRises() {
        publishUntilTheFloorIsAt(1, "A");
    }

    private void publishUntilTheFloorIsAt(long seq, String key) {
        await().untilAsserted(() -> {
            awaitPublished(publish(key));
            assertThat(floor()).isGreaterThanOrEqualTo(seq);
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
}
