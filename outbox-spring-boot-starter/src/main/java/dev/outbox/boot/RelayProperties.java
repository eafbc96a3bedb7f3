package dev.outbox.boot;

import dev.outbox.relay.RelaySettings;
import dev.outbox.relay.RetryRules;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The relay of this process.
 *
 * @param enabled whether this process sends events; off, it only stores them and another process has to send them
 * @param workers threads, each working on lanes of its own
 * @param batchSize events read and marked together
 * @param batchBytes the payloads of a batch together, at most; a single larger one is a batch of its own
 * @param batchLanes lanes that share a batch, at most
 * @param lease how long a lane stays claimed when its relay dies; at least twice the send time-out
 * @param sendTimeout how long to wait for acknowledgements before their outcome counts as unknown
 * @param retryDelay how long a lane rests after a send without an answer
 * @param shutdownTimeout how long a stop waits for events under way
 */
@ConfigurationProperties("outbox.relay")
record RelayProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("2") int workers,
        @DefaultValue("2000") int batchSize,
        @DefaultValue("16MB") DataSize batchBytes,
        @DefaultValue("16") int batchLanes,
        @DefaultValue Polling polling,
        @DefaultValue("60s") Duration lease,
        @DefaultValue("30s") Duration sendTimeout,
        @DefaultValue("1s") Duration retryDelay,
        @DefaultValue Probe probe,
        @DefaultValue("20s") Duration shutdownTimeout) {
    /**
     * When an idle worker looks for events that other processes have stored.
     *
     * @param busyInterval how long the workers wait after one has worked; twice as long after each look that finds nothing
     * @param interval no wait is longer
     */
    record Polling(
            @DefaultValue("50ms") Duration busyInterval,
            @DefaultValue("1s") Duration interval) {}

    /**
     * When a broker that does not answer is tried again.
     *
     * @param firstDelay how long all workers wait before one of them tries again; twice as long after each failure
     * @param maxDelay no wait is longer
     */
    record Probe(
            @DefaultValue("1s") Duration firstDelay,
            @DefaultValue("30s") Duration maxDelay) {}

    RelaySettings settings(RetryRules retries) {
        return new RelaySettings(
                workers,
                new RelaySettings.BatchLimits(batchSize, batchBytes.toBytes(), batchLanes),
                new RelaySettings.Polling(polling.busyInterval(), polling.interval()),
                new RelaySettings.Outage(retryDelay, probe.firstDelay(), probe.maxDelay()),
                new RelaySettings.Timeouts(lease, sendTimeout, shutdownTimeout),
                retries);
    }
}
