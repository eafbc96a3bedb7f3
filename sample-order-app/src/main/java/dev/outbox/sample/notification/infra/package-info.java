/** The table of notifications, and the Kafka consumer that fills it. */
@NullMarked
package dev.outbox.sample.notification.infra;

import org.jspecify.annotations.NullMarked;
