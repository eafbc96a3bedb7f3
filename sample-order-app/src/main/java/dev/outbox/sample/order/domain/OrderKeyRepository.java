package dev.outbox.sample.order.domain;

import java.util.Optional;
import java.util.UUID;

/** Where the idempotency keys of all orders are kept, those in the archive included. */
public interface OrderKeyRepository {
    /**
     * Inserts at once. Waits while another transaction is inserting the same key of the same user.
     *
     * @param fingerprint of the basket
     * @throws org.springframework.dao.DataIntegrityViolationException if the user has an order with this key
     */
    void insert(UUID orderId, long userId, String idempotencyKey, String fingerprint);

    Optional<OrderKey> findByUserIdAndIdempotencyKey(long userId, String idempotencyKey);
}
