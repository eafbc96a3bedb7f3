/**
 * The inbox in front of listeners of Spring Kafka.
 */
@NullMarked
package dev.outbox.inbox.listener;

import org.jspecify.annotations.NullMarked;
