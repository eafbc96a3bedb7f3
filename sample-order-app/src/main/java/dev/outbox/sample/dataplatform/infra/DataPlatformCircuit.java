package dev.outbox.sample.dataplatform.infra;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The circuit breaker of the data platform. It opens when {@value #IN_A_ROW} calls in a row have failed, of whatever events: before an event has failed with all its tries, so that a data platform that is away puts
 * nothing aside; and not because of an event that fails while others are answered in between. A refusal is an answer.
 */
@RunsIn(ProcessRole.STREAMER)
@Configuration(proxyBeanMethods = false)
class DataPlatformCircuit {
    static final String NAME = "data-platform";

    private static final int IN_A_ROW = 3;

    static CircuitBreakerConfig config(DataPlatformProperties properties) {
        int failures = Math.min(IN_A_ROW, properties.tries());
        return CircuitBreakerConfig.custom()
                .slidingWindow(failures, failures, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .permittedNumberOfCallsInHalfOpenState(failures)
                .waitDurationInOpenState(properties.openFor())
                // by the clock, not by a call: there is none while the listener is paused
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .recordException(CallFailedException.class::isInstance)
                .ignoreException(e -> !(e instanceof CallFailedException || e instanceof CallRefusedException))
                .writableStackTraceEnabled(false)
                .build();
    }

    @Bean
    CircuitBreakerRegistry circuitBreakers(DataPlatformProperties properties) {
        return CircuitBreakerRegistry.of(config(properties));
    }

    @Bean
    CircuitBreaker dataPlatformCircuitBreaker(CircuitBreakerRegistry circuitBreakers) {
        return circuitBreakers.circuitBreaker(NAME);
    }

    @Bean
    MeterBinder circuitBreakerMetrics(CircuitBreakerRegistry circuitBreakers) {
        return TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(circuitBreakers);
    }
}
