package dev.outbox.sample.inventory.application;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.resilience.annotation.Retryable;

/**
 * Runs a transaction again, up to five times, when another one was faster at the same stock, or at the same like: after 20 ms at first and ever later, up to 200 ms,
 * each time a random part earlier or later, so that those who have met do not meet again.
 *
 * <p>For methods that are transactional themselves: each try is a transaction of its own, that sees what is there then. If the last try, too,
 * meets another change, its {@link ConcurrencyFailureException} gets to the caller.
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
public @interface RetriedOnConflict {}
