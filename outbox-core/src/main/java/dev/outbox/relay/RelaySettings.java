package dev.outbox.relay;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;

/**
 * How a relay works.
 *
 * @param workers threads, each working on lanes of its own; 2 by default
 * @param batch how much a worker takes at once
 * @param polling when an idle worker looks for events of other processes
 * @param outage what a relay does while the broker does not answer
 * @param timeouts how long things may take
 * @param retries what becomes of failed events
 */
public record RelaySettings(
        int workers, BatchLimits batch, Polling polling, Outage outage, Timeouts timeouts, RetryRules retries) {
    /**
     * How much a worker takes at once.
     *
     * @param size events read and marked together; 2000 by default
     * @param bytes the payloads of a batch together, in bytes; 16 MiB by default
     * @param lanes that share a batch; 16 by default
     */
    public record BatchLimits(int size, long bytes, int lanes) {
        /** The defaults named above. */
        public static final BatchLimits DEFAULT = new BatchLimits(2000, 16 << 20, 16);

        public BatchLimits {
            atLeastOne("batch-size", size);
            atLeastOne("batch-bytes", bytes);
            atLeastOne("batch-lanes", lanes);
        }
    }

    /**
     * When idle workers look for events of other processes; those of their own process wake them. The workers of a relay share the waits.
     *
     * @param busyInterval how long they wait after one has worked, so that events of other processes share a batch; 50 ms by default, and twice as long after each look that finds nothing
     * @param interval no wait is longer; 1 s by default
     */
    public record Polling(Duration busyInterval, Duration interval) {
        /** The defaults named above. */
        public static final Polling DEFAULT = new Polling(Duration.ofMillis(50), Duration.ofSeconds(1));

        public Polling {
            positive("polling.interval", interval);
            positive("polling.busy-interval", busyInterval);
            if (busyInterval.compareTo(interval) > 0) busyInterval = interval;
        }

        /** The wait after one that found nothing. */
        Duration after(Duration wait) {
            Duration twice = wait.multipliedBy(2);
            return twice.compareTo(interval) < 0 ? twice : interval;
        }
    }

    /**
     * How long things may take.
     *
     * @param lease how long a lane stays claimed when its relay dies; 60 s by default, and at least twice {@code send}
     * @param send how long a wave may take before the outcome of what is still under way counts as unknown; 30 s by default, more than the
     *     sender needs to give up by itself
     * @param shutdown how long {@code stop} waits for waves under way; 20 s by default
     */
    public record Timeouts(Duration lease, Duration send, Duration shutdown) {
        /** The defaults named above. */
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(20));

        public Timeouts {
            positive("lease", lease);
            positive("send-timeout", send);
            positive("shutdown-timeout", shutdown);
            if (lease.compareTo(send.multipliedBy(2)) < 0) {
                throw new OutboxConfigurationException(
                        "outbox.relay.lease is %s, which is less than twice outbox.relay.send-timeout (%s): lanes would be taken over while their events are being sent."
                                .formatted(lease, send),
                        "Raise the lease, or lower the send time-out.");
            }
        }
    }

    /**
     * What a relay does while the broker does not answer.
     *
     * @param laneRest how long a lane rests after a send without an answer; 1 s by default
     * @param firstProbe how long all workers wait before one of them tries again; 1 s by default, and twice as long after each failure
     * @param longestProbe no wait is longer; 30 s by default
     */
    public record Outage(Duration laneRest, Duration firstProbe, Duration longestProbe) {
        /** The defaults named above. */
        public static final Outage DEFAULT =
                new Outage(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(30));

        public Outage {
            positive("retry-delay", laneRest);
            positive("probe.first-delay", firstProbe);
            if (longestProbe.compareTo(firstProbe) < 0) {
                throw new OutboxConfigurationException(
                        "outbox.relay.probe.max-delay is %s, which is less than outbox.relay.probe.first-delay (%s)."
                                .formatted(longestProbe, firstProbe),
                        "Raise the one, or lower the other.");
            }
        }
    }

    public RelaySettings {
        atLeastOne("workers", workers);
    }

    private static void atLeastOne(String property, long value) {
        if (value < 1) {
            throw new OutboxConfigurationException(
                    "outbox.relay.%s is %d.".formatted(property, value), "Set it to 1 or more.");
        }
    }

    private static void positive(String property, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new OutboxConfigurationException(
                    "outbox.relay.%s is %s.".formatted(property, value), "Set it to a positive duration such as 5s.");
        }
    }

    /** The defaults named above. */
    public static RelaySettings defaults() {
        return new RelaySettings(
                2, BatchLimits.DEFAULT, Polling.DEFAULT, Outage.DEFAULT, Timeouts.DEFAULT, RetryRules.DEFAULT);
    }
}
