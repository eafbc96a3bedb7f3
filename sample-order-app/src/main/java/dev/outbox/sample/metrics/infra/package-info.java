/** The table of the counts, and the Kafka consumers that fill it. */
@NullMarked
package dev.outbox.sample.metrics.infra;

import org.jspecify.annotations.NullMarked;
