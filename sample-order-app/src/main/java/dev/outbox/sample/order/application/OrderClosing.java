package dev.outbox.sample.order.application;

import dev.outbox.OutboxPublisher;
import dev.outbox.sample.inventory.application.Inventory;
import dev.outbox.sample.inventory.application.RetriedOnConflict;
import dev.outbox.sample.order.domain.ArchivedOrder;
import dev.outbox.sample.order.domain.Order;
import dev.outbox.sample.order.domain.OrderArchive;
import dev.outbox.sample.order.domain.OrderCancelled;
import dev.outbox.sample.order.domain.OrderCompleted;
import dev.outbox.sample.order.domain.OrderRepository;
import dev.outbox.sample.order.domain.OrderStatus;
import dev.outbox.sample.order.domain.StoredOrder;
import dev.outbox.sample.order.domain.UnknownOrderException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The one transaction in which an order comes to its end: the order, the stock and the event, or nothing of it.
 *
 * <p>Of two that close the same order at once the order's version lets one through. The other one is run again and finds what that one has done.
 */
@Component
class OrderClosing {
    private final OrderRepository orders;
    private final OrderArchive archive;
    private final Inventory inventory;
    private final OutboxPublisher outbox;
    private final Clock clock;

    OrderClosing(
            OrderRepository orders, OrderArchive archive, Inventory inventory, OutboxPublisher outbox, Clock clock) {
        this.orders = orders;
        this.archive = archive;
        this.inventory = inventory;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * Cancels an order of a user.
     *
     * @throws UnknownOrderException if there is none, or it is another user's
     * @throws dev.outbox.sample.order.domain.OrderClosedException if it was completed
     * @throws org.springframework.dao.ConcurrencyFailureException if the last try, too, met another change of the same stock
     */
    @RetriedOnConflict
    @Transactional
    public ClosedOrder cancel(long userId, UUID orderId) {
        Predicate<StoredOrder> own = order -> order.userId() == userId;
        Optional<Order> live = orders.findById(orderId).filter(own);
        if (live.isEmpty()) return archived(orderId, own, OrderStatus.CANCELLED);
        Order order = live.get();
        if (!order.cancel(now())) return new ClosedOrder(order, null);
        // before the stock and the event: whoever closes the same order waits here, so its events are in the order of
        // its changes
        Order saved = orders.saveAndFlush(order);
        inventory.putBack(saved.basket().pieces());
        return new ClosedOrder(saved, outbox.publish(OrderCancelled.of(saved)));
    }

    /**
     * Completes an order, whoever's it is.
     *
     * @throws UnknownOrderException if there is none
     * @throws dev.outbox.sample.order.domain.OrderClosedException if it was cancelled
     */
    @RetriedOnConflict
    @Transactional
    public ClosedOrder complete(UUID orderId) {
        Optional<Order> live = orders.findById(orderId);
        if (live.isEmpty()) return archived(orderId, anybodys -> true, OrderStatus.COMPLETED);
        Order order = live.get();
        if (!order.complete(now())) return new ClosedOrder(order, null);
        Order saved = orders.saveAndFlush(order);
        return new ClosedOrder(saved, outbox.publish(OrderCompleted.of(saved)));
    }

    private ClosedOrder archived(UUID orderId, Predicate<StoredOrder> whose, OrderStatus end) {
        ArchivedOrder order = archive.find(orderId).filter(whose).orElseThrow(() -> new UnknownOrderException(orderId));
        if (!order.hasComeTo(end)) throw new IllegalStateException("Order %s is archived and open.".formatted(orderId));
        return new ClosedOrder(order, null);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
