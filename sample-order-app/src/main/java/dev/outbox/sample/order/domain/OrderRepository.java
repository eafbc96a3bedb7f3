package dev.outbox.sample.order.domain;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;

/** Where orders are kept until they are archived. */
public interface OrderRepository {
    /**
     * Writes at once: a new order, or a change of one, for which it waits while another transaction is changing it.
     *
     * @throws org.springframework.dao.OptimisticLockingFailureException if that one was faster
     */
    Order saveAndFlush(Order order);

    Optional<Order> findById(UUID id);

    Page<Order> findByUserId(long userId, Pageable page);
}
