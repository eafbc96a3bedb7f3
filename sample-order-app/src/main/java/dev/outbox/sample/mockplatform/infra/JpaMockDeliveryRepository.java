package dev.outbox.sample.mockplatform.infra;

import dev.outbox.sample.mockplatform.domain.MockDelivery;
import dev.outbox.sample.mockplatform.domain.MockDeliveryRepository;
import java.time.Instant;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** What the mock of the data platform has taken, in the database. */
interface JpaMockDeliveryRepository extends Repository<MockDelivery, String>, MockDeliveryRepository {
    @Override
    @Modifying
    @Query(
            value =
                    "UPDATE mock_data_platform_orders SET requests = requests + 1 WHERE idempotency_key = :idempotencyKey",
            nativeQuery = true)
    int countAgain(String idempotencyKey);

    @Override
    @Modifying
    @Query("""
            INSERT INTO MockDelivery (idempotencyKey, orderId, eventType, requests, receivedAt)
            VALUES (:idempotencyKey, :orderId, :eventType, 1, :receivedAt)
            """)
    void insert(String idempotencyKey, UUID orderId, String eventType, Instant receivedAt);
}
