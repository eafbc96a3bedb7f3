package dev.outbox.inbox.listener;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;

/**
 * How often, and when, a record that fails is tried again. Its partition waits meanwhile.
 *
 * @param maxAttempts how many failures send it to the dead-letter topic; 4 by default, which is 7 s on the default ladder
 * @param initialDelay the pause after the first failure; 1 s by default
 * @param multiplier what each pause is of the one before; 2 by default
 * @param maxDelay no pause is longer; 10 s by default, and well below {@code max.poll.interval.ms}, so that the consumer stays in its group
 */
public record RecordRetries(int maxAttempts, Duration initialDelay, double multiplier, Duration maxDelay) {
    /** The defaults named above. */
    public static final RecordRetries DEFAULT = new RecordRetries(4, Duration.ofSeconds(1), 2, Duration.ofSeconds(10));

    /** @throws OutboxConfigurationException if one of them makes no sense */
    public RecordRetries {
        require(maxAttempts >= 1, "max-attempts", maxAttempts, "Set it to 1 or more.");
        require(
                !initialDelay.isNegative() && !initialDelay.isZero(),
                "initial-delay",
                initialDelay,
                "Set it to a positive duration such as 1s.");
        require(multiplier >= 1, "multiplier", multiplier, "Set it to 1 or more.");
        require(
                maxDelay.compareTo(initialDelay) >= 0,
                "max-delay",
                maxDelay,
                "Set it to at least the initial delay, " + initialDelay + ".");
    }

    private static void require(boolean fine, String property, Object value, String action) {
        if (!fine)
            throw new OutboxConfigurationException("outbox.inbox.retry.%s is %s.".formatted(property, value), action);
    }

    /** The pause after so many failures, 1 or more. */
    Duration delayAfter(int failures) {
        double millis = initialDelay.toMillis() * Math.pow(multiplier, failures - 1.0);
        return millis >= maxDelay.toMillis() ? maxDelay : Duration.ofMillis((long) millis);
    }
}
