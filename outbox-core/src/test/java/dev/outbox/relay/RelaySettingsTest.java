package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RelaySettingsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void a_lease_has_to_outlast_a_send() {
        assertThatThrownBy(() ->
                        new RelaySettings(1, 1, SECOND, Duration.ofSeconds(10), Duration.ofSeconds(6), SECOND, SECOND))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "outbox.relay.lease is PT10S, which is less than twice outbox.relay.send-timeout (PT6S): lanes would be taken over while their events are being sent. Raise the lease, or lower the send time-out.");
    }

    @Test
    void numbers_and_durations_are_positive() {
        assertThatThrownBy(() -> new RelaySettings(0, 1, SECOND, SECOND, SECOND, SECOND, SECOND))
                .hasMessage("outbox.relay.workers is 0. Set it to 1 or more.");
        assertThatThrownBy(() -> new RelaySettings(1, 1, Duration.ZERO, SECOND, SECOND, SECOND, SECOND))
                .hasMessage("outbox.relay.polling.interval is PT0S. Set it to a positive duration such as 5s.");
    }
}
