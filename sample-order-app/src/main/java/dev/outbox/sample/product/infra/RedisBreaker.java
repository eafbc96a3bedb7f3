package dev.outbox.sample.product.infra;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;

/**
 * Asks Redis as long as it answers. After a failure it is left alone for a while, so that an outage costs one time-out each second and not one for each
 * request; then one request tries it. An outage is logged when it begins and when it is over. Thread-safe.
 */
final class RedisBreaker {
    private static final Logger log = LoggerFactory.getLogger(RedisBreaker.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final AtomicBoolean told = new AtomicBoolean();
    private final CircuitBreaker circuit;

    RedisBreaker() {
        circuit = CircuitBreaker.of(
                "redis",
                CircuitBreakerConfig.custom()
                        .slidingWindow(1, 1, SlidingWindowType.COUNT_BASED)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(PAUSE)
                        .writableStackTraceEnabled(false)
                        .build());
        circuit.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition() == StateTransition.HALF_OPEN_TO_CLOSED) back();
        });
    }

    /** What Redis answers; empty while it does not. */
    <T> Optional<T> ask(Supplier<T> question) {
        try {
            return Optional.of(circuit.executeSupplier(question));
        } catch (DataAccessException e) {
            away(e);
            return Optional.empty();
        } catch (CallNotPermittedException e) {
            return Optional.empty();
        }
    }

    /** Whether Redis has done something. Where it has not, it may have done so without an answer. */
    boolean tell(Runnable command) {
        return ask(() -> {
                    command.run();
                    return true;
                })
                .isPresent();
    }

    private void away(DataAccessException reason) {
        if (told.compareAndSet(false, true)) {
            log.warn(
                    "Redis does not answer; until it does, products come from the database. See to it that it runs where spring.data.redis.* says: {}",
                    NestedExceptionUtils.getMostSpecificCause(reason).toString());
        }
    }

    private void back() {
        if (told.compareAndSet(true, false)) log.info("Redis answers again.");
    }
}
