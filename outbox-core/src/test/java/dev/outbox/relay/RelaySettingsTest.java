package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RelaySettingsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void a_lease_has_to_outlast_a_send() {
        assertThatThrownBy(() -> new RelaySettings.Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(6), SECOND))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "outbox.relay.lease is PT10S, which is less than twice outbox.relay.send-timeout (PT6S): lanes would be taken over while their events are being sent. Raise the lease, or lower the send time-out.");
    }

    @Test
    void numbers_and_durations_are_positive() {
        assertThatThrownBy(() -> settings(0, SECOND)).hasMessage("outbox.relay.workers is 0. Set it to 1 or more.");
        assertThatThrownBy(() -> settings(1, Duration.ZERO))
                .hasMessage("outbox.relay.polling.interval is PT0S. Set it to a positive duration such as 5s.");
    }

    @Test
    void the_longest_wait_is_not_shorter_than_the_first() {
        assertThatThrownBy(() -> new RelaySettings.Outage(SECOND, Duration.ofSeconds(2), SECOND))
                .hasMessage(
                        "outbox.relay.probe.max-delay is PT1S, which is less than outbox.relay.probe.first-delay (PT2S)."
                                + " Raise the one, or lower the other.");
    }

    private static RelaySettings settings(int workers, Duration polling) {
        return new RelaySettings(
                workers,
                new RelaySettings.BatchLimits(1, 1, 1),
                new RelaySettings.Polling(polling, polling),
                RelaySettings.Outage.DEFAULT,
                RelaySettings.Timeouts.DEFAULT,
                RetryRules.DEFAULT);
    }
}
