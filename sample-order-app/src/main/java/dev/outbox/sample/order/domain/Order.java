package dev.outbox.sample.order.domain;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.BatchSize;
import org.jspecify.annotations.Nullable;

/** What somebody has ordered. */
@Entity
@Table(name = "orders")
public class Order {
    @Id
    private UUID id;

    @Column(name = "user_id")
    private long userId;

    @Column(name = "idempotency_key")
    private String idempotencyKey;

    @Enumerated(EnumType.STRING)
    private OrderStatus status;

    private BigDecimal total;

    @ElementCollection(fetch = FetchType.EAGER)
    @CollectionTable(name = "order_items", joinColumns = @JoinColumn(name = "order_id"))
    @OrderColumn(name = "line")
    @BatchSize(size = 100)
    private List<OrderItem> items;

    // named otherwise than its accessor: Spring Data would ask that one whether the order is new
    @Version
    @Column(name = "version")
    private @Nullable Long storedVersion;

    @Column(name = "created_at")
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected Order() {}

    /** A new order with a new id. */
    public Order(long userId, String idempotencyKey, List<OrderItem> items, Instant createdAt) {
        this.id = UUID.randomUUID();
        this.userId = userId;
        this.idempotencyKey = idempotencyKey;
        this.status = OrderStatus.CREATED;
        this.items = new ArrayList<>(items);
        this.total = items.stream().map(OrderItem::price).reduce(BigDecimal.ZERO, BigDecimal::add);
        this.createdAt = createdAt;
    }

    /** What was in the basket that it was made of. */
    public Basket basket() {
        TreeMap<Long, Integer> pieces = new TreeMap<>();
        items.forEach(item -> pieces.merge(item.productId(), item.quantity(), Integer::sum));
        return new Basket(pieces);
    }

    public UUID id() {
        return id;
    }

    /** Who placed it. */
    public long userId() {
        return userId;
    }

    /** Chosen by whoever placed it; no two orders of a user have the same. */
    public String idempotencyKey() {
        return idempotencyKey;
    }

    public OrderStatus status() {
        return status;
    }

    public BigDecimal total() {
        return total;
    }

    public List<OrderItem> items() {
        return List.copyOf(items);
    }

    /** Counts its changes since it was saved first. */
    public long version() {
        return Objects.requireNonNull(storedVersion, "not saved yet");
    }

    public Instant createdAt() {
        return createdAt;
    }
}
