package dev.outbox.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.store.Reading.Seen;
import org.junit.jupiter.api.Test;

class LaneFloorTest {
    private static final LaneFloor START = new LaneFloor(10, null, null, 1);
    private static final LaneFloor WAITING = new LaneFloor(10, 20L, 700L, 1);

    @Test
    void remembers_the_highest_number_with_a_transaction_that_began_after_it_was_seen() {
        assertThat(START.remembering(new Seen(15, 20, 690, 1), 700)).isEqualTo(WAITING);
        assertThat(WAITING.remembering(new Seen(21, 30, 690, 1), 710)).isEqualTo(WAITING);
    }

    @Test
    void waits_while_a_transaction_up_to_the_remembered_one_runs() {
        assertThat(WAITING.raisedBy(new Seen(21, 30, 700, 1))).isEqualTo(WAITING);
    }

    @Test
    void rises_when_they_had_ended_before_a_read() {
        assertThat(WAITING.raisedBy(new Seen(21, 30, 701, 1))).isEqualTo(new LaneFloor(20, null, null, 1));
    }

    @Test
    void stays_below_what_is_pending() {
        assertThat(WAITING.raisedBy(new Seen(15, 30, 701, 1))).isEqualTo(new LaneFloor(14, null, null, 1));
    }

    @Test
    void stays_where_it_is_when_nothing_pending_was_read_of_the_lane() {
        assertThat(WAITING.raisedBy(new Seen(0, 12, 701, 1))).isEqualTo(WAITING);
    }

    @Test
    void stays_where_it_is_when_the_read_was_at_another_revision() {
        assertThat(WAITING.raisedBy(new Seen(21, 30, 701, 0))).isEqualTo(WAITING);
    }

    @Test
    void never_falls_by_itself() {
        LaneFloor waiting = new LaneFloor(10, 5L, 700L, 1);
        assertThat(waiting.raisedBy(new Seen(21, 30, 701, 1)).value()).isEqualTo(10);
    }

    @Test
    void is_lowered_below_what_has_become_pending_in_a_new_revision() {
        assertThat(START.loweredBelow(4)).isEqualTo(new LaneFloor(3, null, null, 2));
        assertThat(START.loweredBelow(40)).isEqualTo(new LaneFloor(10, null, null, 2));
    }

    @Test
    void gives_way_to_the_row_when_somebody_else_has_lowered_it() {
        LaneFloor row = new LaneFloor(3, null, null, 2);
        assertThat(START.confirmedBy(row)).isEqualTo(row);
        assertThat(START.confirmedBy(new LaneFloor(3, null, null, 1))).isEqualTo(START);
    }
}
