package dev.outbox.sample.order.domain;

import jakarta.persistence.Column;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What somebody has ordered, wherever it is kept: an {@link Order}, or an {@link ArchivedOrder}. */
@MappedSuperclass
public abstract class StoredOrder {
    @Id
    private UUID id;

    @Column(name = "user_id")
    private long userId;

    @Enumerated(EnumType.STRING)
    private OrderStatus status;

    private BigDecimal total;

    // named otherwise than its accessor: Spring Data would ask that one whether the order is new
    @Version
    @Column(name = "version")
    private @Nullable Long storedVersion;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "closed_at")
    private @Nullable Instant closedAt;

    @SuppressWarnings("NullAway.Init")
    protected StoredOrder() {}

    StoredOrder(long userId, BigDecimal total, Instant createdAt) {
        this.id = UUID.randomUUID();
        this.userId = userId;
        this.status = OrderStatus.CREATED;
        this.total = total;
        this.createdAt = createdAt;
    }

    /**
     * Whether somebody has brought it to this end before; false while it is open.
     *
     * @throws OrderClosedException if it has come to the other end
     */
    public boolean hasComeTo(OrderStatus end) {
        if (status == end) return true;
        if (status != OrderStatus.CREATED) throw new OrderClosedException(id, status);
        return false;
    }

    /** Brings an open order to its end. */
    void close(OrderStatus end, Instant at) {
        status = end;
        closedAt = at;
    }

    /** Its products, in the sequence of their ids. */
    public abstract List<OrderItem> items();

    public UUID id() {
        return id;
    }

    /** Whose it is. */
    public long userId() {
        return userId;
    }

    public OrderStatus status() {
        return status;
    }

    public BigDecimal total() {
        return total;
    }

    /** Counts its changes since it was saved first. */
    public long version() {
        return Objects.requireNonNull(storedVersion, "not saved yet");
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** When it was cancelled or completed; null while it is open. */
    public @Nullable Instant closedAt() {
        return closedAt;
    }
}
