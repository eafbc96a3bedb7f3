package dev.outbox.sample.order.application;

import dev.outbox.OutboxPublisher;
import dev.outbox.sample.inventory.application.Inventory;
import dev.outbox.sample.inventory.application.RetriedOnConflict;
import dev.outbox.sample.order.domain.Basket;
import dev.outbox.sample.order.domain.Order;
import dev.outbox.sample.order.domain.OrderCreated;
import dev.outbox.sample.order.domain.OrderItem;
import dev.outbox.sample.order.domain.OrderKeyRepository;
import dev.outbox.sample.order.domain.OrderRepository;
import dev.outbox.sample.product.application.ProductCatalog;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The one transaction in which an order comes into being: its key, the order, the stock and the event, or nothing of it. */
@Component
class OrderPlacement {
    private final OrderKeyRepository keys;
    private final OrderRepository orders;
    private final ProductCatalog catalog;
    private final Inventory inventory;
    private final OutboxPublisher outbox;
    private final Clock clock;

    OrderPlacement(
            OrderKeyRepository keys,
            OrderRepository orders,
            ProductCatalog catalog,
            Inventory inventory,
            OutboxPublisher outbox,
            Clock clock) {
        this.keys = keys;
        this.orders = orders;
        this.catalog = catalog;
        this.inventory = inventory;
        this.outbox = outbox;
        this.clock = clock;
    }

    /**
     * Places an order whose idempotency key is new.
     *
     * @throws org.springframework.dao.DataIntegrityViolationException if the user has an order with this key
     * @throws org.springframework.dao.ConcurrencyFailureException if the last try, too, met another change of the same stock
     */
    @RetriedOnConflict
    @Transactional
    public PlacedOrder place(long userId, String idempotencyKey, Basket basket) {
        List<OrderItem> items = catalog.getAll(basket.pieces().keySet()).stream()
                .map(product -> new OrderItem(product.id(), basket.pieces(product.id()), product.price()))
                .toList();
        Order order = new Order(userId, items, clock.instant().truncatedTo(ChronoUnit.MICROS));
        // first of all the key: from here on a request with the same one waits for the outcome of this one
        keys.insert(order.id(), userId, idempotencyKey, basket.fingerprint());
        orders.saveAndFlush(order);
        inventory.deduct(basket.pieces());
        UUID eventId = outbox.publish(OrderCreated.of(order));
        return new PlacedOrder(order, eventId);
    }
}
