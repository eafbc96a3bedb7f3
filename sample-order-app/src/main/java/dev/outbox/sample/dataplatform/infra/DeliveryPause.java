package dev.outbox.sample.dataplatform.infra;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.stereotype.Component;

/** Pauses the listener while the circuit breaker is open: its events wait in Kafka, and it stays in its group. */
@RunsIn(ProcessRole.STREAMER)
@Component
class DeliveryPause {
    private static final Logger log = LoggerFactory.getLogger(DeliveryPause.class);

    private final CircuitBreaker circuit;
    private final KafkaListenerEndpointRegistry listeners;
    private final DataPlatformProperties properties;

    DeliveryPause(CircuitBreaker circuit, KafkaListenerEndpointRegistry listeners, DataPlatformProperties properties) {
        this.circuit = circuit;
        this.listeners = listeners;
        this.properties = properties;
        circuit.getEventPublisher().onStateTransition(event -> follow());
    }

    /** Whoever comes last sees the latest state, so the news of a change may be late, and may overtake each other. */
    private synchronized void follow() {
        MessageListenerContainer listener =
                Objects.requireNonNull(listeners.getListenerContainer(DataPlatformListener.CONSUMER));
        CircuitBreaker.State state = circuit.getState();
        boolean open = state == CircuitBreaker.State.OPEN;
        if (open && !listener.isPauseRequested()) {
            listener.pause();
            log.warn(
                    "The data platform does not answer: deliveries pause for {} ms, nothing is put aside, and then it is tried again. See to it that it runs where sample.data-platform.url says.",
                    properties.openFor().toMillis());
        } else if (!open && listener.isPauseRequested()) {
            listener.resume();
            log.info("Deliveries to the data platform are resumed, to see whether it answers.");
        }
        if (state == CircuitBreaker.State.CLOSED) log.info("The data platform answers again.");
    }
}
