package dev.outbox.sample.notification.infra;

import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.sample.notification.application.NotificationSent;
import dev.outbox.sample.notification.application.Notifications;
import dev.outbox.sample.notification.domain.Notification;
import java.math.BigDecimal;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Hears of new orders from Kafka. */
@Component
class OrderEvents {
    private static final Logger log = LoggerFactory.getLogger(OrderEvents.class);
    private static final String CONSUMER = "notification";

    private final InboxProcessor inbox;
    private final Notifications notifications;
    private final JsonMapper json;
    private final ApplicationEventPublisher events;

    OrderEvents(InboxProcessor inbox, Notifications notifications, JsonMapper json, ApplicationEventPublisher events) {
        this.inbox = inbox;
        this.notifications = notifications;
        this.json = json;
        this.events = events;
    }

    /** What this consumer needs of the payload; whatever else there is may change without it. */
    private record OrderCreatedPayload(UUID orderId, BigDecimal total) {}

    /** Acknowledges after the transaction only: what is lost in between comes again, and the inbox knows it. */
    @KafkaListener(topics = "orders", groupId = CONSUMER)
    void receive(ConsumerRecord<?, byte[]> record, Acknowledgment acknowledgment) {
        InboxMessage received = InboxMessage.of(record);
        if (received.eventType().equals("ORDER_CREATED")) {
            boolean isNew = inbox.handle(CONSUMER, received, this::notify);
            log.info(
                    isNew ? "Notification is stored for {}." : "Nothing to do for {}: it was handled before.",
                    received);
        }
        acknowledgment.acknowledge();
    }

    private void notify(InboxMessage message) {
        OrderCreatedPayload order = json.readValue(message.payload(), OrderCreatedPayload.class);
        Notification notification = notifications.orderPlaced(message.eventId(), order.orderId(), order.total());
        events.publishEvent(new NotificationSent(notification, message.topic(), message.partition(), message.offset()));
    }
}
