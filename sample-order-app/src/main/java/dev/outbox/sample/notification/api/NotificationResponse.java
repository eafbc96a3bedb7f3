package dev.outbox.sample.notification.api;

import dev.outbox.sample.notification.domain.Notification;
import java.time.Instant;
import java.util.UUID;

/** A notification, as clients see it. */
record NotificationResponse(
        long id, UUID eventId, UUID orderId, Notification.Channel channel, String message, Instant createdAt) {
    static NotificationResponse of(Notification notification) {
        return new NotificationResponse(
                notification.id(),
                notification.eventId(),
                notification.orderId(),
                notification.channel(),
                notification.message(),
                notification.createdAt());
    }
}
