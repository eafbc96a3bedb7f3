package dev.outbox.sample.notification.infra;

import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.sample.log.LogFields;
import dev.outbox.sample.notification.application.NotificationSent;
import dev.outbox.sample.notification.application.Notifications;
import dev.outbox.sample.notification.domain.Notification;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import java.math.BigDecimal;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC.MDCCloseable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Hears of new orders from Kafka. */
@RunsIn(ProcessRole.STREAMER)
@Component
class OrderEvents {
    private static final Logger log = LoggerFactory.getLogger(OrderEvents.class);

    private final Notifications notifications;
    private final ApplicationEventPublisher events;

    OrderEvents(Notifications notifications, ApplicationEventPublisher events) {
        this.notifications = notifications;
        this.events = events;
    }

    /** What this consumer needs of the payload; whatever else there is may change without it. */
    record PlacedOrder(UUID orderId, long userId, BigDecimal total) {}

    /** In the transaction that records the event as handled: a copy that comes later finds it so, and there is one notification. */
    @KafkaListener(topics = "orders")
    @Inbox(value = "notification", types = "ORDER_CREATED")
    void notify(PlacedOrder order, InboxMessage event) {
        try (MDCCloseable orderField = LogFields.order(order.orderId());
                MDCCloseable userField = LogFields.user(order.userId())) {
            Notification notification =
                    notifications.orderPlaced(event.eventId(), order.orderId(), order.userId(), order.total());
            events.publishEvent(new NotificationSent(notification, event.topic(), event.partition(), event.offset()));
            log.info("Notification is stored for {}.", event);
        }
    }
}
