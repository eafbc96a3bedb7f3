package dev.outbox.sample.order.infra;

import dev.outbox.sample.order.domain.OrderKey;
import dev.outbox.sample.order.domain.OrderKeyRepository;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Idempotency keys in the database. */
interface JpaOrderKeyRepository extends Repository<OrderKey, UUID>, OrderKeyRepository {
    @Override
    @Modifying
    @Query("""
            INSERT INTO OrderKey (orderId, userId, idempotencyKey, fingerprint)
            VALUES (:orderId, :userId, :idempotencyKey, :fingerprint)
            """)
    void insert(UUID orderId, long userId, String idempotencyKey, String fingerprint);
}
