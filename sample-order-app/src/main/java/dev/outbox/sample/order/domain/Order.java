package dev.outbox.sample.order.domain;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.hibernate.annotations.BatchSize;

/** An order that is open, or was closed not long ago. It is closed once: either cancelled or completed. */
@Entity
@Table(name = "orders")
public class Order extends StoredOrder {
    @ElementCollection(fetch = FetchType.EAGER)
    @CollectionTable(name = "order_items", joinColumns = @JoinColumn(name = "order_id"))
    @OrderColumn(name = "line")
    @BatchSize(size = 100)
    private List<OrderItem> items;

    @SuppressWarnings("NullAway.Init")
    protected Order() {}

    /** A new order with a new id. */
    public Order(long userId, List<OrderItem> items, Instant createdAt) {
        super(userId, items.stream().map(OrderItem::price).reduce(BigDecimal.ZERO, BigDecimal::add), createdAt);
        this.items = new ArrayList<>(items);
    }

    /**
     * Cancels it.
     *
     * @return false if it was cancelled before; then nothing changes
     * @throws OrderClosedException if it was completed
     */
    public boolean cancel(Instant at) {
        if (hasComeTo(OrderStatus.CANCELLED)) return false;
        close(OrderStatus.CANCELLED, at);
        return true;
    }

    /**
     * Completes it.
     *
     * @return false if it was completed before; then nothing changes
     * @throws OrderClosedException if it was cancelled
     */
    public boolean complete(Instant at) {
        if (hasComeTo(OrderStatus.COMPLETED)) return false;
        close(OrderStatus.COMPLETED, at);
        return true;
    }

    /** What was in the basket that it was made of. */
    public Basket basket() {
        TreeMap<Long, Integer> pieces = new TreeMap<>();
        items.forEach(item -> pieces.merge(item.productId(), item.quantity(), Integer::sum));
        return new Basket(pieces);
    }

    @Override
    public List<OrderItem> items() {
        return List.copyOf(items);
    }
}
