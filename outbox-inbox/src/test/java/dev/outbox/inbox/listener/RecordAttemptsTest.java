package dev.outbox.inbox.listener;

import static dev.outbox.inbox.listener.FailureKind.HOPELESS;
import static dev.outbox.inbox.listener.FailureKind.OUTAGE;
import static dev.outbox.inbox.listener.FailureKind.RECORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.util.backoff.BackOffExecution.STOP;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecordAttemptsTest {
    private final RecordAttempts attempts = new RecordAttempts(RecordRetries.DEFAULT, false);

    private static long after(RecordAttempts attempts, FailureKind kind) {
        attempts.failed(kind);
        return attempts.nextBackOff();
    }

    @Test
    void pauses_double_until_the_fourth_failure_puts_it_aside() {
        assertThat(after(attempts, RECORD)).isEqualTo(1000);
        assertThat(after(attempts, RECORD)).isEqualTo(2000);
        assertThat(after(attempts, RECORD)).isEqualTo(4000);
        assertThat(after(attempts, RECORD)).isEqualTo(STOP);
        assertThat(attempts.failures()).isEqualTo(4);
    }

    @Test
    void outages_do_not_count_and_have_no_end() {
        assertThat(after(attempts, RECORD)).isEqualTo(1000);
        for (int outage = 0; outage < 100; outage++)
            assertThat(after(attempts, OUTAGE)).isBetween(1000L, 10_000L);
        assertThat(after(attempts, RECORD)).isEqualTo(2000);
        assertThat(attempts.failures()).isEqualTo(2);
    }

    @Test
    void what_is_hopeless_is_put_aside_at_once() {
        assertThat(after(attempts, HOPELESS)).isEqualTo(STOP);
        assertThat(attempts.failures()).isEqualTo(1);
    }

    @Test
    void what_could_not_be_put_aside_pauses_before_that_is_tried_again() {
        assertThat(after(attempts, HOPELESS)).isEqualTo(STOP);
        assertThat(after(attempts, HOPELESS)).isEqualTo(10_000);
        assertThat(after(attempts, HOPELESS)).isEqualTo(STOP);
        assertThat(after(attempts, OUTAGE)).isEqualTo(1000);
    }

    @Test
    void without_an_end_it_is_tried_for_ever() {
        RecordAttempts endless = new RecordAttempts(RecordRetries.DEFAULT, true);
        for (int failure = 0; failure < 100; failure++)
            assertThat(after(endless, failure % 2 == 0 ? RECORD : HOPELESS)).isBetween(1000L, 10_000L);
    }

    @Test
    void settings_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> new RecordRetries(0, Duration.ofSeconds(1), 2, Duration.ofSeconds(10)))
                .hasMessage("outbox.inbox.retry.max-attempts is 0. Set it to 1 or more.");
        assertThatThrownBy(() -> new RecordRetries(4, Duration.ZERO, 2, Duration.ofSeconds(10)))
                .hasMessage("outbox.inbox.retry.initial-delay is PT0S. Set it to a positive duration such as 1s.");
        assertThatThrownBy(() -> new RecordRetries(4, Duration.ofSeconds(1), 0.5, Duration.ofSeconds(10)))
                .hasMessage("outbox.inbox.retry.multiplier is 0.5. Set it to 1 or more.");
        assertThatThrownBy(() -> new RecordRetries(4, Duration.ofSeconds(2), 2, Duration.ofSeconds(1)))
                .hasMessage("outbox.inbox.retry.max-delay is PT1S. Set it to at least the initial delay, PT2S.");
    }
}
