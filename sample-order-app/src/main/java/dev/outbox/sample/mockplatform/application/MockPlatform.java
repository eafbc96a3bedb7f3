package dev.outbox.sample.mockplatform.application;

import dev.outbox.sample.mockplatform.domain.MockBehaviour;
import dev.outbox.sample.mockplatform.domain.MockDeliveryRepository;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** A data platform to try out with: it takes each event once, by its idempotency key, and misbehaves if told to. How it behaves is in the memory of this process, each process for itself. */
@Service
@ConditionalOnBooleanProperty(name = "sample.data-platform.mock.enabled", matchIfMissing = true)
public class MockPlatform {
    private final MockDeliveryRepository deliveries;
    private final Clock clock;
    private volatile MockBehaviour behaviour = MockBehaviour.GOOD;

    MockPlatform(MockDeliveryRepository deliveries, Clock clock) {
        this.deliveries = deliveries;
        this.clock = clock;
    }

    /** Takes an event, or counts that it has come once more. Of two that come at once with the same key the second one looks again, and so does who was the victim of a deadlock, of which MySQL has some between events that have nothing to do with each other. */
    @Retryable(
            includes = {DataIntegrityViolationException.class, ConcurrencyFailureException.class},
            maxRetries = 5,
            delay = 10,
            jitter = 10)
    @Transactional
    public TakenEvent take(String idempotencyKey, UUID orderId, String eventType) {
        boolean repeated = deliveries.countAgain(idempotencyKey) == 1;
        if (!repeated)
            deliveries.insert(
                    idempotencyKey, orderId, eventType, clock.instant().truncatedTo(ChronoUnit.MICROS));
        return new TakenEvent(deliveries.findById(idempotencyKey).orElseThrow(), repeated);
    }

    /** From now on, until it is changed again or this process ends. */
    public void behave(MockBehaviour wanted) {
        behaviour = wanted;
    }

    public MockBehaviour behaviour() {
        return behaviour;
    }
}
