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

/** The orders that were placed. */
@Service
@Transactional(readOnly = true)
public class OrderHistory {
    private final OrderRepository orders;

    OrderHistory(OrderRepository orders) {
        this.orders = orders;
    }

    /**
     * One order.
     *
     * @throws UnknownOrderException if there is none
     */
    public Order get(UUID orderId) {
        return orders.findById(orderId).orElseThrow(() -> new UnknownOrderException(orderId));
    }

    /** The order that was placed with this key. */
    public Optional<Order> find(String idempotencyKey) {
        return orders.findByIdempotencyKey(idempotencyKey);
    }

    /** One page of the orders, the newest first. */
    public Page<Order> page(int page, int size) {
        return orders.findAll(
                PageRequest.of(page, size, Sort.by("createdAt").descending().and(Sort.by("id"))));
    }
}
