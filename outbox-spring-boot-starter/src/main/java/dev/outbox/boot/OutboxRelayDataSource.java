package dev.outbox.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Qualifier;

/**
 * Qualifies the {@code DataSource} that the relay and operators use instead of the application's: with a pool of its own, so that neither takes
 * the other's connections, or with a database user of its own. It has to lead to the same tables. Declare it with
 * {@code @Bean(defaultCandidate = false)}, so that it stays out of the application's way.
 */
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Qualifier
public @interface OutboxRelayDataSource {}
