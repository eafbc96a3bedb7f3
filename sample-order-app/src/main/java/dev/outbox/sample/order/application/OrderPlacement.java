package dev.outbox.sample.order.application;

import dev.outbox.OutboxPublisher;
import dev.outbox.sample.inventory.application.Inventory;
import dev.outbox.sample.order.domain.Basket;
import dev.outbox.sample.order.domain.Order;
import dev.outbox.sample.order.domain.OrderCreated;
import dev.outbox.sample.order.domain.OrderItem;
import dev.outbox.sample.order.domain.OrderRepository;
import dev.outbox.sample.product.application.ProductCatalog;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The one transaction in which an order comes into being: the order, the stock and the event, or nothing of it. */
@Component
class OrderPlacement {
    private final OrderRepository orders;
    private final ProductCatalog catalog;
    private final Inventory inventory;
    private final OutboxPublisher outbox;
    private final Clock clock;

    OrderPlacement(
            OrderRepository orders, ProductCatalog catalog, Inventory inventory, OutboxPublisher outbox, Clock clock) {
        this.orders = orders;
        this.catalog = catalog;
        this.inventory = inventory;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * Places an order whose idempotency key is new. Each try after a conflict is a transaction of its own, that sees the stock as it is then.
     *
     * @throws org.springframework.dao.DataIntegrityViolationException if the user has an order with this key
     * @throws ConcurrencyFailureException if the last try, too, met another change of the same stock
     */
    @Retryable(
            includes = ConcurrencyFailureException.class,
            maxRetries = 5,
            delay = 20,
            jitter = 20,
            multiplier = 2,
            maxDelay = 200)
    @Transactional
    public PlacedOrder place(long userId, String idempotencyKey, Basket basket) {
        List<OrderItem> items = catalog.getAll(basket.pieces().keySet()).stream()
                .map(product -> new OrderItem(product.id(), basket.pieces(product.id()), product.price()))
                .toList();
        // first of all the row: from here on a request with the same key waits for the outcome of this one
        Order order = orders.saveAndFlush(
                new Order(userId, idempotencyKey, items, clock.instant().truncatedTo(ChronoUnit.MICROS)));
        inventory.deduct(basket.pieces());
        UUID eventId = outbox.publish(OrderCreated.of(order));
        return new PlacedOrder(order, eventId);
    }
}
