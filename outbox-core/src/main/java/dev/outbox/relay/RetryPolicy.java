package dev.outbox.relay;

import dev.outbox.OutboxConfigurationException;
import java.time.Duration;

/**
 * When a failed event is tried again, and when it goes to quarantine. A pure function of the number of failures.
 *
 * @param maxAttempts how many failures send it to quarantine; 10 by default, which is a little over eight minutes on the default ladder
 * @param initialDelay the delay after the first failure; 1 s by default
 * @param multiplier what each delay is of the one before; 2 by default
 * @param maxDelay no delay is longer, before jitter; 5 min by default
 * @param jitter how much a delay may differ, as a part of it, so that events that failed together do not come back together; 0.1 by default
 */
public record RetryPolicy(int maxAttempts, Duration initialDelay, double multiplier, Duration maxDelay, double jitter) {
    /** The defaults named above. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(10, Duration.ofSeconds(1), 2, Duration.ofMinutes(5), 0.1);

    public RetryPolicy {
        require(maxAttempts >= 1, "max-attempts", maxAttempts, "Set it to 1 or more.");
        require(
                !initialDelay.isNegative() && !initialDelay.isZero(),
                "exponential.initial-delay",
                initialDelay,
                "Set it to a positive duration such as 1s.");
        require(multiplier >= 1, "exponential.multiplier", multiplier, "Set it to 1 or more.");
        require(
                maxDelay.compareTo(initialDelay) >= 0,
                "exponential.max-delay",
                maxDelay,
                "Set it to at least the initial delay, " + initialDelay + ".");
        require(jitter >= 0 && jitter <= 1, "exponential.jitter", jitter, "Set it to a number from 0 to 1.");
    }

    private static void require(boolean fine, String property, Object value, String action) {
        if (!fine) throw new OutboxConfigurationException("outbox.retry.%s is %s.".formatted(property, value), action);
    }

    /** Whether an event that has failed so often is tried again. */
    public boolean triesAfter(int failures) {
        return failures < maxAttempts;
    }

    /**
     * The delay before the next try.
     *
     * @param failures how often it has failed, 1 or more
     * @param random from 0 to 1: where in the range that jitter allows
     */
    public Duration delayAfter(int failures, double random) {
        double nanos = Math.min(
                (double) maxDelay.toNanos(), (double) initialDelay.toNanos() * Math.pow(multiplier, failures - 1.0));
        return Duration.ofNanos((long) (nanos * (1 + jitter * (2 * random - 1))));
    }
}
