/**
 * Auto-configuration, one class a concern: the publisher, the relay, the way to Kafka, the inbox.
 *
 * <p>Spring Boot's own auto-configurations are named, not referenced, under their names in Boot 3 and in Boot 4.
 */
@NullMarked
package dev.outbox.boot;

import org.jspecify.annotations.NullMarked;
