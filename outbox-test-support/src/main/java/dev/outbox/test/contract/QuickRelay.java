package dev.outbox.test.contract;

import dev.outbox.relay.RelaySettings;
import dev.outbox.relay.RetryPolicy;
import dev.outbox.relay.RetryRules;
import java.time.Duration;
import java.util.Map;

/**
 * Settings of a relay that does not let tests wait.
 *
 * @param attempts how many failures send an event to quarantine
 */
public record QuickRelay(
        int workers, int batchSize, Duration polling, Duration lease, Duration send, Duration shutdown, int attempts) {
    public static final QuickRelay SETTINGS = new QuickRelay(
            2, 500, Duration.ofMillis(50), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(20), 10);

    public QuickRelay workers(int workers) {
        return new QuickRelay(workers, batchSize, polling, lease, send, shutdown, attempts);
    }

    public QuickRelay batch(int batchSize) {
        return new QuickRelay(workers, batchSize, polling, lease, send, shutdown, attempts);
    }

    public QuickRelay polling(Duration polling) {
        return new QuickRelay(workers, batchSize, polling, lease, send, shutdown, attempts);
    }

    public QuickRelay lease(Duration lease) {
        return new QuickRelay(workers, batchSize, polling, lease, send, shutdown, attempts);
    }

    public QuickRelay send(Duration send) {
        return new QuickRelay(workers, batchSize, polling, lease, send, shutdown, attempts);
    }

    public QuickRelay shutdown(Duration shutdown) {
        return new QuickRelay(workers, batchSize, polling, lease, send, shutdown, attempts);
    }

    public QuickRelay attempts(int attempts) {
        return new QuickRelay(workers, batchSize, polling, lease, send, shutdown, attempts);
    }

    /** What a relay takes: retries after 20 ms, a lane or a topic rests for 50 ms, a silent broker is probed after 50 to 400 ms. */
    public RelaySettings settings() {
        RetryPolicy quick = new RetryPolicy(attempts, Duration.ofMillis(20), 1, Duration.ofMillis(20), 0);
        return new RelaySettings(
                workers,
                new RelaySettings.BatchLimits(batchSize, 1 << 20, 16),
                new RelaySettings.Polling(polling, polling),
                new RelaySettings.Outage(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(400)),
                new RelaySettings.Timeouts(lease, send, shutdown),
                new RetryRules(quick, Map.of(), false, Duration.ofMillis(50)));
    }
}
