package dev.outbox.sample.notification.application;

import dev.outbox.sample.notification.domain.Notification;

/**
 * Tells whoever in this process wants to know of a notification, in its transaction, and where its event was in the broker.
 *
 * @param offset of the event in its partition
 */
public record NotificationSent(Notification notification, String topic, int partition, long offset) {}
