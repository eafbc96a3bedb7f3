package dev.outbox.sample.order.domain;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;

/** Where orders are kept. */
public interface OrderRepository {
    /** Inserts at once. Waits while another transaction is inserting an order of the same user with the same idempotency key. */
    Order saveAndFlush(Order order);

    Optional<Order> findById(UUID id);

    Optional<Order> findByUserIdAndIdempotencyKey(long userId, String idempotencyKey);

    Page<Order> findByUserId(long userId, Pageable page);
}
