package dev.outbox.sample.inventory.application;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.resilience.annotation.Retryable;

/**
 * A transaction that changes stock, and is run again from its beginning when another one was faster: up to five times, after pauses that grow from about
 * 20 ms to 200 ms. If the last try fails as well, its {@link ConcurrencyFailureException} is thrown.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Retryable(
        includes = ConcurrencyFailureException.class,
        maxRetries = 5,
        delay = 20,
        jitter = 20,
        multiplier = 2,
        maxDelay = 200)
public @interface RetriedOnStockConflict {}
