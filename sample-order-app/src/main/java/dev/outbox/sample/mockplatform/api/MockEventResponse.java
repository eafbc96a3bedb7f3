package dev.outbox.sample.mockplatform.api;

import dev.outbox.sample.mockplatform.domain.MockDelivery;
import java.time.Instant;
import java.util.UUID;

/** @param receivedAt when it came first; the same answer each time */
record MockEventResponse(String idempotencyKey, UUID orderId, String eventType, Instant receivedAt) {
    static MockEventResponse of(MockDelivery delivery) {
        return new MockEventResponse(
                delivery.idempotencyKey(), delivery.orderId(), delivery.eventType(), delivery.receivedAt());
    }
}
