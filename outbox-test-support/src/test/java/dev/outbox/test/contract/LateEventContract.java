package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.outbox.EventStatus;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.Candidate;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneLease;
import dev.outbox.store.LaneMark;
import dev.outbox.store.Reading;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of an event that is committed when its lane's floor is above it already, where floors go by time. */
@Timeout(60)
abstract class LateEventContract {
    private Outbox outbox;
    private UUID late;
    private LaneClaim claim;

    abstract DataSource emptySchema();

    /** As if the floor had risen before the event was committed. */
    @BeforeEach
    void publishBelowTheFloor() {
        outbox = new Outbox(emptySchema());
        late = outbox.publish("A", 1);
        LaneLease lease = outbox.claim("test", Duration.ofMinutes(10)).orElseThrow();
        outbox.jdbc
                .sql("UPDATE outbox_lanes SET floor = :seq WHERE lane = :lane")
                .param("seq", seq(late))
                .param("lane", lease.lane())
                .update();
        claim = new LaneClaim(lease, new LaneFloor(seq(late), null, null, 0));
        assertThat(read().candidates()).isEmpty();
    }

    @Test
    void the_next_event_of_its_key_waits_for_it_and_brings_it_back() {
        UUID next = outbox.publish("A", 2);
        UUID neighbour = outbox.publish(outbox.neighbourOf("A"), 1);
        Reading reading = read();
        assertThat(reading.candidates())
                .extracting(event -> event.event().eventId(), Candidate::late)
                .containsExactly(tuple(next, true), tuple(neighbour, false));

        BatchMarks marks = new BatchMarks(List.of(seq(neighbour)), List.of(), List.of(seq(next)));
        mark(reading, marks);

        assertThat(outbox.events.find(next).orElseThrow().status()).isEqualTo(EventStatus.PENDING);
        assertThat(read().candidates())
                .noneMatch(Candidate::late)
                .extracting(event -> event.event().eventId())
                .containsExactly(late, next);
        assertThat(floor()).isLessThan(seq(late));
    }

    @Test
    void the_sweep_finds_it_once() {
        assertThat(outbox.lanes.lowerFloorsBelowLateEvents()).isEqualTo(1);
        assertThat(floor()).isLessThan(seq(late));
        assertThat(outbox.lanes.lowerFloorsBelowLateEvents()).isZero();
        assertThat(read().candidates())
                .as("read at the floor that the relay knew before")
                .isEmpty();
        mark(read(), BatchMarks.NONE);
        assertThat(read().candidates())
                .extracting(event -> event.event().eventId())
                .containsExactly(late);
    }

    @Test
    void a_lane_with_nothing_else_is_claimed_after_the_sweep() {
        outbox.mark(claim.lease(), BatchMarks.NONE, Duration.ZERO);
        assertThat(outbox.claim("other", Duration.ofMinutes(1))).isEmpty();
        outbox.lanes.lowerFloorsBelowLateEvents();
        assertThat(outbox.claim("other", Duration.ofMinutes(1))).isPresent();
    }

    private Reading read() {
        return outbox.batches.read(List.of(claim), 10, Long.MAX_VALUE);
    }

    private void mark(Reading reading, BatchMarks marks) {
        LaneMark mark = new LaneMark(claim, reading, false, marks, null);
        LaneFloor floor = outbox.marking.mark(List.of(mark)).floors().get(claim.lane());
        claim = claim.at(Objects.requireNonNull(floor));
    }

    private long seq(UUID id) {
        return outbox.events.find(id).orElseThrow().seq();
    }

    private long floor() {
        return outbox.jdbc
                .sql("SELECT floor FROM outbox_lanes WHERE lane = :lane")
                .param("lane", claim.lane())
                .query(Long.class)
                .single();
    }
}
