package dev.outbox.sample.order.application;

import dev.outbox.sample.order.domain.Order;
import dev.outbox.sample.order.domain.OrderRepository;
import dev.outbox.sample.order.domain.UnknownOrderException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The orders that were placed. Nobody sees those of another user. */
@Service
@Transactional(readOnly = true)
public class OrderHistory {
    private final OrderRepository orders;

    OrderHistory(OrderRepository orders) {
        this.orders = orders;
    }

    /**
     * One order of a user.
     *
     * @throws UnknownOrderException if there is none, or it is another user's
     */
    public Order get(long userId, UUID orderId) {
        return orders.findById(orderId)
                .filter(order -> order.userId() == userId)
                .orElseThrow(() -> new UnknownOrderException(orderId));
    }

    /** The order that the user has placed with this key. */
    public Optional<Order> find(long userId, String idempotencyKey) {
        return orders.findByUserIdAndIdempotencyKey(userId, idempotencyKey);
    }

    /** One page of a user's orders, the newest first. */
    public Page<Order> page(long userId, int page, int size) {
        return orders.findByUserId(
                userId,
                PageRequest.of(page, size, Sort.by("createdAt").descending().and(Sort.by("id"))));
    }
}
