package dev.outbox.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the log says of a run. */
class RetentionRunTest {
    private static final Duration TOOK = Duration.ofMillis(1630);

    @Test
    void one_that_did_nothing_is_not_worth_a_line() {
        assertThat(new RetentionRun(0, 0, 0, 0, TOOK, null).isWorthALine()).isFalse();
    }

    @Test
    void the_line_has_what_was_done_and_how_long_it_took() {
        RetentionRun run = new RetentionRun(0, 4211, 17, 3, TOOK, null);
        assertThat(run.isWorthALine()).isTrue();
        assertThat(run.summary())
                .isEqualTo("Retention: 4211 events archived, 17 events deleted from the archive,"
                        + " 3 lines deleted from the audit trail in 1630 ms.");
    }

    @Test
    void of_one_that_has_stopped_early_it_says_where() {
        RetentionRun run = new RetentionRun(0, 0, 0, 0, TOOK, Instant.parse("2026-10-03T11:20:41Z"));
        assertThat(run.isWorthALine()).isTrue();
        assertThat(run.summary())
                .isEqualTo("Retention: nothing removed in 1630 ms; stopped early, at rows of 2026-10-03T11:20:41Z:"
                        + " what is old enough behind them is left to the next run.");
    }
}
