package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventStatus;
import dev.outbox.OutboxState;
import dev.outbox.ReplayMode;
import dev.outbox.ReplayPlan;
import dev.outbox.store.Database;
import dev.outbox.store.Dialect;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.ReplayStore;
import dev.outbox.store.StateStore;
import dev.outbox.store.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of the table of events as a whole, and of replays. */
@Timeout(60)
abstract class StateContract {
    private Outbox outbox;
    private StateStore states;

    abstract OutboxTables place();

    @BeforeEach
    void createTables() {
        outbox = new Outbox(place());
        states = StateStore.of(outbox.tables);
    }

    @Test
    void nothing_is_unfinished_at_first() {
        TableState state = states.read();
        assertThat(state.events())
                .isEqualTo(Map.of(
                        EventStatus.PENDING, 0L,
                        EventStatus.RETRYING, 0L,
                        EventStatus.QUARANTINED, 0L,
                        EventStatus.BLOCKED, 0L));
        assertThat(state.oldestAge()).isZero();
    }

    @Test
    void the_state_tells_what_waits_and_who_has_which_lane() {
        UUID id = outbox.publish("A", "body");
        assertThat(outbox.operations.state().lanes()).isEmpty();
        assertThat(outbox.claim("4711@host", Duration.ofMinutes(1))).isPresent();
        OutboxState state = outbox.operations.state();
        assertThat(state.events()).containsEntry(EventStatus.PENDING, 1L).containsEntry(EventStatus.QUARANTINED, 0L);
        assertThat(state.oldestAge()).isPositive();
        assertThat(state.lanes()).singleElement().satisfies(lane -> {
            assertThat(lane.lane()).isEqualTo(outbox.laneOf(id));
            assertThat(lane.owner()).isEqualTo("4711@host");
            assertThat(lane.until()).isAfter(Instant.now());
        });
    }

    @Test
    void unfinished_events_are_counted_by_status_and_finished_ones_are_not() {
        EventStatus[] statuses = EventStatus.values();
        for (EventStatus status : statuses)
            for (int i = 0; i <= status.ordinal(); i++) become(status, outbox.publish(status.name() + i, ""));
        TableState state = states.read();
        assertThat(state.events())
                .isEqualTo(Map.of(
                        EventStatus.PENDING, 1L,
                        EventStatus.RETRYING, 2L,
                        EventStatus.BLOCKED, 3L,
                        EventStatus.QUARANTINED, 4L));
    }

    @Test
    void a_key_with_several_in_quarantine_and_some_behind_is_counted_event_by_event() {
        for (String key : new String[] {"A", "B"}) {
            become(EventStatus.QUARANTINED, outbox.publish(key, ""));
            become(EventStatus.QUARANTINED, outbox.publish(key, ""));
            become(EventStatus.RETRYING, outbox.publish(key, ""));
            become(EventStatus.BLOCKED, outbox.publish(key, ""));
            become(EventStatus.BLOCKED, outbox.publish(key, ""));
        }
        TableState state = states.read();
        assertThat(state.count(EventStatus.QUARANTINED)).isEqualTo(4);
        assertThat(state.count(EventStatus.RETRYING)).isEqualTo(2);
        assertThat(state.count(EventStatus.BLOCKED)).isEqualTo(4);
    }

    @Test
    void the_oldest_that_is_pending_or_retried_tells_the_age() {
        age(Duration.ofHours(5), EventStatus.PUBLISHED);
        age(Duration.ofHours(4), EventStatus.QUARANTINED);
        age(Duration.ofHours(4), EventStatus.BLOCKED);
        assertThat(states.read().oldestAge()).isZero();
        age(Duration.ofHours(1), EventStatus.PENDING);
        age(Duration.ofMinutes(1), EventStatus.PENDING);
        assertThat(states.read().oldestAge()).isBetween(Duration.ofHours(1), Duration.ofMinutes(62));
        age(Duration.ofHours(2), EventStatus.RETRYING);
        assertThat(states.read().oldestAge()).isBetween(Duration.ofHours(2), Duration.ofMinutes(122));
    }

    @Test
    void replays_that_are_not_over_are_counted_with_what_they_have_still_to_send() {
        assertThat(states.read().replays()).isEqualTo(new TableState.Replays(0, 0, 0));
        replay("RUNNING", 100, 40);
        replay("RUNNING", 10, 25); // more than was estimated
        replay("PAUSED", 7, 0);
        replay("DONE", 500, 400);
        replay("CANCELLED", 500, 0);
        assertThat(states.read().replays()).isEqualTo(new TableState.Replays(2, 1, 67));
    }

    private void replay(String status, long expected, long sent) {
        UUID id = UUID.randomUUID();
        outbox.replayStore.start(
                new ReplayStore.NewReplay(
                        id,
                        ReplayPlan.ofTypes(Set.of("Placed")),
                        1,
                        Instant.EPOCH,
                        expected,
                        false,
                        ReplayMode.NORMAL,
                        Set.of(),
                        1,
                        "test"),
                () -> {});
        outbox.jdbc
                .sql("UPDATE outbox_replays SET status = :status, sent = :sent WHERE id = :id")
                .param("status", status)
                .param("sent", sent)
                .param("id", Dialect.of(outbox.tables).id(id))
                .update();
    }

    @Test
    void a_table_has_a_size_where_the_database_tells_it() {
        for (int i = 0; i < 20; i++) outbox.publish("A", "x".repeat(10_000));
        TableState.Size size = states.read().size();
        if (Database.of(outbox.dataSource) == Database.H2) assertThat(size).isNull();
        else assertThat(size).extracting(TableState.Size::bytes).matches(bytes -> bytes >= 1 << 14);
    }

    private void age(Duration age, EventStatus status) {
        UUID id = outbox.publish(age + status.name(), "");
        become(status, id);
        outbox.jdbc
                .sql("UPDATE outbox_events SET created_at = %s WHERE seq = :seq".formatted(past(age)))
                .param("seq", seq(id))
                .update();
    }

    private String past(Duration age) {
        return Dialect.of(outbox.tables).after("-" + age.toSeconds() * 1_000_000L);
    }

    private void become(EventStatus status, UUID id) {
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = :status, next_attempt_at = %s WHERE seq = :seq"
                        .formatted(status == EventStatus.RETRYING ? "created_at" : "NULL"))
                .param("status", status.name())
                .param("seq", seq(id))
                .update();
    }

    private long seq(UUID id) {
        return outbox.events.find(id).orElseThrow().seq();
    }
}
