package dev.outbox.sample.notification.application;

import dev.outbox.sample.notification.domain.Notification;
import dev.outbox.sample.notification.domain.Notification.Channel;
import dev.outbox.sample.notification.domain.NotificationRepository;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What customers are told. */
@Service
public class Notifications {
    private final NotificationRepository notifications;
    private final Clock clock;

    Notifications(NotificationRepository notifications, Clock clock) {
        this.notifications = notifications;
        this.clock = clock;
    }

    /** Tells the customer that the order is placed. In the transaction that records the event as handled: both or nothing. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Notification orderPlaced(UUID eventId, UUID orderId, long userId, BigDecimal total) {
        return notifications.save(new Notification(
                eventId,
                orderId,
                userId,
                Channel.IN_APP,
                "Thank you for your order over %s.".formatted(total.toPlainString()),
                clock.instant().truncatedTo(ChronoUnit.MICROS)));
    }

    /** What a user was told about an order, the oldest first; empty as long as its event is on the way. */
    @Transactional(readOnly = true)
    public List<Notification> about(UUID orderId, long userId) {
        return notifications.findByOrderIdAndUserIdOrderById(orderId, userId);
    }
}
