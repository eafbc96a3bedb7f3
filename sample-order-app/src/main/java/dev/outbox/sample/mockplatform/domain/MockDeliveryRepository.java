package dev.outbox.sample.mockplatform.domain;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Where the mock of the data platform keeps what it has taken. */
public interface MockDeliveryRepository {
    /** Counts one more request with this key; returns 0 if there was none before, and 1 otherwise. */
    int countAgain(String idempotencyKey);

    /**
     * The first request with this key.
     *
     * @throws org.springframework.dao.DataIntegrityViolationException if another one was faster
     */
    void insert(String idempotencyKey, UUID orderId, String eventType, Instant receivedAt);

    Optional<MockDelivery> findById(String idempotencyKey);
}
