package dev.outbox.sample.order.application;

import dev.outbox.sample.order.domain.Order;
import dev.outbox.sample.order.domain.OrderArchive;
import dev.outbox.sample.order.domain.OrderKey;
import dev.outbox.sample.order.domain.OrderKeyRepository;
import dev.outbox.sample.order.domain.OrderRepository;
import dev.outbox.sample.order.domain.StoredOrder;
import dev.outbox.sample.order.domain.UnknownOrderException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** The orders that were placed. Nobody sees those of another user. */
@Service
@Transactional(readOnly = true)
public class OrderHistory {
    private final OrderRepository orders;
    private final OrderArchive archive;
    private final OrderKeyRepository keys;

    OrderHistory(OrderRepository orders, OrderArchive archive, OrderKeyRepository keys) {
        this.orders = orders;
        this.archive = archive;
        this.keys = keys;
    }

    /**
     * One order of a user, which may be archived.
     *
     * @throws UnknownOrderException if there is none, or it is another user's
     */
    public StoredOrder get(long userId, UUID orderId) {
        return find(orderId)
                .filter(order -> order.userId() == userId)
                .orElseThrow(() -> new UnknownOrderException(orderId));
    }

    /** Looks into the archive last: whoever moves an order meanwhile moves it there. */
    private Optional<StoredOrder> find(UUID orderId) {
        Optional<StoredOrder> live = orders.findById(orderId).map(StoredOrder.class::cast);
        return live.or(() -> archive.find(orderId));
    }

    /** What the user has placed with this key, whatever has become of it. */
    Optional<OrderKey> findKey(long userId, String idempotencyKey) {
        return keys.findByUserIdAndIdempotencyKey(userId, idempotencyKey);
    }

    /** One page of a user's orders, the newest first. Those in the archive are left out: they are found by their ids only. Orders and their items are read at one moment, whatever is archived meanwhile. */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public Page<Order> page(long userId, int page, int size) {
        return orders.findByUserId(
                userId,
                PageRequest.of(page, size, Sort.by("createdAt").descending().and(Sort.by("id"))));
    }
}
