package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final RetryPolicy DEFAULT = RetryPolicy.DEFAULT;

    @Test
    void climbs_from_a_second_to_five_minutes() {
        assertThat(IntStream.rangeClosed(1, 12)
                        .mapToObj(i -> DEFAULT.delayAfter(i, 0.5).toSeconds()))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L, 300L);
    }

    @Test
    void stays_within_its_jitter() {
        assertThat(DEFAULT.delayAfter(4, 0)).isEqualTo(Duration.ofMillis(7200));
        assertThat(DEFAULT.delayAfter(4, 1)).isEqualTo(Duration.ofMillis(8800));
    }

    @Test
    void does_not_overflow_however_often_something_fails() {
        assertThat(DEFAULT.delayAfter(Integer.MAX_VALUE, 0.5)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void tries_as_often_as_it_may() {
        assertThat(DEFAULT.triesAfter(9)).isTrue();
        assertThat(DEFAULT.triesAfter(10)).isFalse();
    }

    @Test
    void refuses_what_makes_no_ladder() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new RetryPolicy(0, second, 2, second, 0))
                .hasMessage("outbox.retry.max-attempts is 0. Set it to 1 or more.");
        assertThatThrownBy(() -> new RetryPolicy(1, Duration.ZERO, 2, second, 0))
                .hasMessageStartingWith("outbox.retry.exponential.initial-delay is PT0S.");
        assertThatThrownBy(() -> new RetryPolicy(1, second, 0.5, second, 0))
                .hasMessageStartingWith("outbox.retry.exponential.multiplier is 0.5.");
        assertThatThrownBy(() -> new RetryPolicy(1, second, 2, Duration.ofMillis(1), 0))
                .hasMessageStartingWith("outbox.retry.exponential.max-delay is PT0.001S.");
        assertThatThrownBy(() -> new RetryPolicy(1, second, 2, second, 2))
                .hasMessageStartingWith("outbox.retry.exponential.jitter is 2.0.");
    }
}
