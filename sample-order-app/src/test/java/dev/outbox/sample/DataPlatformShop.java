package dev.outbox.sample;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.sample.mockplatform.domain.MockDelivery;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import tools.jackson.databind.JsonNode;

/** The shop with the mock of the data platform, which behaves again after each test. */
abstract class DataPlatformShop extends RunningShop {
    static final String CONSUMER = "data-platform";
    static final Duration PATIENCE = Duration.ofSeconds(60);

    @Autowired
    CircuitBreaker circuit;

    @Autowired
    private EntityManager entities;

    @Autowired
    private KafkaListenerEndpointRegistry listeners;

    private final Logger log = (Logger) LoggerFactory.getLogger("dev.outbox.sample.dataplatform");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing(); // or it takes the MDC of whoever asks for it first
            super.append(line);
        }
    };

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void behaveAgain() {
        log.detachAppender(lines);
        mode("OK");
        circuit.reset();
        await().atMost(PATIENCE).until(() -> !listener().isContainerPaused());
    }

    MessageListenerContainer listener() {
        return Objects.requireNonNull(listeners.getListenerContainer(CONSUMER));
    }

    /** Towards all orders. */
    void mode(String mode) {
        shop.admin().put("/mock/data-platform/mode", "{\"mode\":\"%s\"}".formatted(mode));
    }

    void mode(String mode, String order) {
        shop.admin().put("/mock/data-platform/mode", "{\"mode\":\"%s\",\"orderId\":\"%s\"}".formatted(mode, order));
    }

    /** What the data platform has of an order, in the sequence in which it has got it. */
    List<MockDelivery> deliveries(String order) {
        return entities.createQuery("FROM MockDelivery WHERE orderId = :order ORDER BY receivedAt", MockDelivery.class)
                .setParameter("order", UUID.fromString(order))
                .getResultList();
    }

    List<String> delivered(String order) {
        return deliveries(order).stream().map(MockDelivery::eventType).toList();
    }

    void awaitDelivered(String order, String... types) {
        await().atMost(PATIENCE).until(() -> delivered(order), List.of(types)::equals);
    }

    /** An order whose first event the data platform has. */
    String deliveredOrder() {
        String order = shop.order(newKey(), shop.product(10), 1).text("id");
        awaitDelivered(order, "ORDER_CREATED");
        return order;
    }

    /** The dead letters of an order. */
    List<JsonNode> deadLetters(String order) {
        return shop.admin()
                .get("/outbox/api/dead-letters?consumer=%s&aggregateId=%s&aggregateType=Order"
                        .formatted(CONSUMER, order))
                .body()
                .get("letters")
                .valueStream()
                .toList();
    }

    /** The copies of events of an order in the dead-letter topic. */
    long copies(String order) {
        return OrdersTopicProbe.records(kafka, "orders.DLT").stream()
                .filter(record -> order.equals(record.key()))
                .count();
    }

    /** What the consumer has logged since the test began. */
    List<ILoggingEvent> lines() {
        return List.copyOf(lines.list);
    }

    List<ILoggingEvent> lines(String order) {
        return lines().stream()
                .filter(line -> order.equals(line.getMDCPropertyMap().get("orderId")))
                .toList();
    }
}
