package dev.outbox.sample.order.domain;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import java.util.List;
import org.hibernate.annotations.Immutable;

/** An order that was closed long ago. It does not change any more. */
@Entity
@Immutable
@Table(name = "orders_archive")
public class ArchivedOrder extends StoredOrder {
    @ElementCollection(fetch = FetchType.EAGER)
    @CollectionTable(name = "order_items_archive", joinColumns = @JoinColumn(name = "order_id"))
    @OrderColumn(name = "line")
    private List<OrderItem> items;

    @SuppressWarnings("NullAway.Init")
    protected ArchivedOrder() {}

    @Override
    public List<OrderItem> items() {
        return List.copyOf(items);
    }
}
