/**
 * Sends outbox events to Apache Kafka.
 */
@NullMarked
package dev.outbox.kafka;

import org.jspecify.annotations.NullMarked;
