package dev.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventStatusTest {
    @Test
    void finished_states_never_revert() {
        assertThat(EventStatus.PUBLISHED.isFinal()).isTrue();
        assertThat(EventStatus.DISCARDED.isFinal()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void every_other_state_leads_on(EventStatus status) {
        assertThat(status.isFinal()).isEqualTo(status == EventStatus.PUBLISHED || status == EventStatus.DISCARDED);
    }

    @Test
    void nothing_waits_without_something_before_it_and_nobody_decides_what_is_not_in_quarantine() {
        assertThat(EventStatus.BLOCKED.next()).containsExactly(EventStatus.PENDING);
        assertThat(EventStatus.QUARANTINED.next())
                .containsExactlyInAnyOrder(EventStatus.PENDING, EventStatus.DISCARDED);
    }
}
