/**
 * The inbox in Spring Kafka's listener containers.
 */
@NullMarked
package dev.outbox.inbox.listener;

import org.jspecify.annotations.NullMarked;
