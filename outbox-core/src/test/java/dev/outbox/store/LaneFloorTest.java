package dev.outbox.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.store.LaneFloor.Horizon;
import org.junit.jupiter.api.Test;

class LaneFloorTest {
    private static final LaneFloor START = new LaneFloor(10, null, null, 1);

    @Test
    void remembers_the_highest_number_with_a_transaction_that_began_after_it_was_seen() {
        assertThat(START.next(20, new Horizon(700, 690, null))).isEqualTo(new LaneFloor(10, 20L, 700L, 1));
    }

    @Test
    void waits_while_a_transaction_up_to_the_remembered_one_runs() {
        LaneFloor waiting = new LaneFloor(10, 20L, 700L, 1);
        assertThat(waiting.next(30, new Horizon(710, 700, null))).isEqualTo(waiting);
    }

    @Test
    void rises_when_they_have_ended_and_remembers_the_next() {
        LaneFloor waiting = new LaneFloor(10, 20L, 700L, 1);
        assertThat(waiting.next(30, new Horizon(710, 701, null))).isEqualTo(new LaneFloor(20, 30L, 710L, 1));
    }

    @Test
    void stays_below_what_is_pending() {
        LaneFloor waiting = new LaneFloor(10, 20L, 700L, 1);
        assertThat(waiting.next(0, new Horizon(710, 701, 15L))).isEqualTo(new LaneFloor(14, null, null, 1));
    }

    @Test
    void never_falls_by_itself() {
        LaneFloor waiting = new LaneFloor(10, 5L, 700L, 1);
        assertThat(waiting.next(0, new Horizon(710, 701, null)).value()).isEqualTo(10);
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
