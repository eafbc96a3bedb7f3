package dev.outbox.boot;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Tracing.
 *
 * @param enabled whether the trace of a publisher goes along with its events, where the application has Micrometer Tracing
 */
@ConfigurationProperties("outbox.tracing")
record TracingProperties(@DefaultValue("true") boolean enabled) {}
