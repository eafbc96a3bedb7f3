package dev.outbox.boot;

import dev.outbox.relay.RelaySettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The relay of this process.
 *
 * @param enabled whether this process sends events; off, it only stores them and another process has to send them
 * @param workers threads, each working on one lane at a time
 * @param batchSize events read and marked together
 * @param lease how long a lane stays claimed when its relay dies; at least twice the send time-out
 * @param sendTimeout how long to wait for acknowledgements before their outcome counts as unknown
 * @param retryDelay how long a lane rests after a send that was not acknowledged
 * @param shutdownTimeout how long a stop waits for events under way
 */
@ConfigurationProperties("outbox.relay")
record RelayProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("2") int workers,
        @DefaultValue("500") int batchSize,
        @DefaultValue Polling polling,
        @DefaultValue("60s") Duration lease,
        @DefaultValue("30s") Duration sendTimeout,
        @DefaultValue("1s") Duration retryDelay,
        @DefaultValue("20s") Duration shutdownTimeout) {
    /** @param interval how long an idle worker waits before it looks for events that other processes have stored */
    record Polling(@DefaultValue("1s") Duration interval) {}

    RelaySettings settings() {
        return new RelaySettings(
                workers, batchSize, polling.interval(), lease, sendTimeout, retryDelay, shutdownTimeout);
    }
}
