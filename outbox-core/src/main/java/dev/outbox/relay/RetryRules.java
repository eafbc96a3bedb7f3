package dev.outbox.relay;

import dev.outbox.spi.FailureScope;
import dev.outbox.spi.SendException;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.Candidate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;

/**
 * What becomes of an event whose send has failed.
 *
 * <p>An outage is not a failure of the event: only failures that say something about the event itself count towards quarantine, unless {@code
 * everyFailureCounts}. A failure of its topic makes it wait without counting. A failure of the broker, or no answer, leaves it as it was.
 *
 * @param standard the ladder of all events
 * @param byEventType other ladders, by event type
 * @param everyFailureCounts whether outages count as well; false by default
 * @param topicDelay how long events of a failing topic wait; 5 s by default
 */
public record RetryRules(
        RetryPolicy standard, Map<String, RetryPolicy> byEventType, boolean everyFailureCounts, Duration topicDelay) {
    /** The defaults named above. */
    public static final RetryRules DEFAULT =
            new RetryRules(RetryPolicy.DEFAULT, Map.of(), false, Duration.ofSeconds(5));

    public RetryRules {
        byEventType = Map.copyOf(byEventType);
    }

    /** The failure to mark, or empty to leave the event as it was. */
    Optional<Failure> failureOf(Candidate candidate, Throwable cause) {
        FailureScope scope = scopeOf(cause);
        long seq = candidate.event().seq();
        if (scope == FailureScope.EVENT || everyFailureCounts) {
            boolean permanent = cause instanceof SendException send && send.isPermanent();
            return Optional.of(new Failure(seq, true, retryIn(candidate, permanent), describe(cause)));
        }
        if (scope == FailureScope.TOPIC) return Optional.of(new Failure(seq, false, topicDelay, describe(cause)));
        return Optional.empty();
    }

    static FailureScope scopeOf(Throwable cause) {
        if (cause instanceof SendException send) return send.scope();
        return cause instanceof TimeoutException ? FailureScope.BROKER : FailureScope.EVENT;
    }

    private @org.jspecify.annotations.Nullable Duration retryIn(Candidate candidate, boolean permanent) {
        RetryPolicy policy = byEventType.getOrDefault(candidate.event().eventType(), standard);
        int failures = candidate.attempts() + 1;
        if (permanent || !policy.triesAfter(failures)) return null;
        return policy.delayAfter(failures, ThreadLocalRandom.current().nextDouble());
    }

    /** Class and message of what is behind a failure. */
    static String describe(Throwable cause) {
        Throwable told = cause instanceof SendException && cause.getCause() != null ? cause.getCause() : cause;
        return told.getMessage() == null
                ? told.getClass().getName()
                : told.getClass().getName() + ": " + told.getMessage();
    }
}
