package dev.outbox.sample.notification.domain;

import java.util.List;
import java.util.UUID;

/** Where notifications are kept. */
public interface NotificationRepository {
    Notification save(Notification notification);

    List<Notification> findByOrderIdAndUserIdOrderById(UUID orderId, long userId);
}
