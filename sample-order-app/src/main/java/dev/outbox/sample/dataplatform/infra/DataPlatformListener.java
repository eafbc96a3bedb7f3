package dev.outbox.sample.dataplatform.infra;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.sample.dataplatform.application.DeliverOrderEvent;
import dev.outbox.sample.dataplatform.domain.OrderEvent;
import dev.outbox.sample.log.LogFields;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import java.util.UUID;
import org.slf4j.MDC.MDCCloseable;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Hears of everything that happens to orders from Kafka, and passes it on to the data platform. */
@RunsIn(ProcessRole.STREAMER)
@Component
class DataPlatformListener {
    static final String CONSUMER = "data-platform";

    private final DeliverOrderEvent delivery;

    DataPlatformListener(DeliverOrderEvent delivery) {
        this.delivery = delivery;
    }

    /** What the log says of the payload; the rest is passed on as it is. */
    record OrderOfUser(UUID orderId, long userId) {}

    /** Without a transaction, which would hold a connection while others think. A thread for each partition of the topic, so that an event that is tried again holds up its own partition only; and few
     * records a poll, so that even slow answers to all of them come before {@code max.poll.interval.ms} and before a stop gives up. */
    @KafkaListener(id = CONSUMER, topics = "orders", concurrency = "3", properties = "max.poll.records=5")
    @Inbox(
            value = CONSUMER,
            types = {"ORDER_CREATED", "ORDER_CANCELLED", "ORDER_COMPLETED"},
            transaction = false)
    void deliver(OrderOfUser order, InboxMessage event) {
        try (MDCCloseable orderField = LogFields.order(order.orderId());
                MDCCloseable userField = LogFields.user(order.userId())) {
            delivery.deliver(new OrderEvent(
                    event.eventId(),
                    event.eventType(),
                    order.orderId(),
                    event.aggregateVersion(),
                    event.time(),
                    new String(event.payload(), UTF_8)));
        }
    }
}
