package dev.outbox.relay;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a relay from working against a broker that does not answer. Open, it lets nobody try; then one worker probes, after longer and longer delays, and its
 * success lets all go on. Safe for use by many threads.
 */
final class BrokerBreaker {
    private final CircuitBreaker breaker;
    private final AtomicReference<@Nullable BrokerOutage> outage = new AtomicReference<>();

    BrokerBreaker(RelaySettings.Outage outage) {
        breaker = CircuitBreaker.of(
                "outbox-broker",
                CircuitBreakerConfig.custom()
                        .slidingWindow(1, 1, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitIntervalFunctionInOpenState(
                                IntervalFunction.ofExponentialBackoff(outage.firstProbe(), 2, outage.longestProbe()))
                        .build());
    }

    /** Whether a worker may go to work now. If so it has to call one of the methods below afterwards. */
    boolean mayTry() {
        return breaker.tryAcquirePermission();
    }

    void answered() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
        if (breaker.getState() == CircuitBreaker.State.CLOSED) outage.set(null);
    }

    void silent(Throwable failure) {
        breaker.onError(0, TimeUnit.NANOSECONDS, failure);
        outage.compareAndSet(null, new BrokerOutage(Instant.now(), RetryRules.describe(failure)));
    }

    void nothingSent() {
        breaker.releasePermission();
    }

    /** Present from the first failure until a probe succeeds. */
    Optional<BrokerOutage> outage() {
        return Optional.ofNullable(outage.get());
    }

    /** 0 closed, 1 half open, 2 open. */
    int level() {
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> 2;
            case HALF_OPEN -> 1;
            case CLOSED, DISABLED, METRICS_ONLY -> 0;
        };
    }
}
