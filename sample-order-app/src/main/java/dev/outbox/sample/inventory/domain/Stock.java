package dev.outbox.sample.inventory.domain;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/** How many pieces of a product there are to sell. Never below zero. */
@Entity
@Table(name = "stocks")
public class Stock {
    @Id
    @Column(name = "product_id")
    private long productId;

    private int quantity;

    /** Of two transactions that change the same stock, the second one fails instead of overwriting the first. */
    @Version
    private @Nullable Long version;

    protected Stock() {}

    public Stock(long productId, int quantity) {
        if (quantity < 0) throw new IllegalArgumentException("quantity must not be negative");
        this.productId = productId;
        this.quantity = quantity;
    }

    /**
     * Takes pieces out.
     *
     * @throws OutOfStockException if there are not that many
     */
    public void deduct(int pieces) {
        if (pieces < 1) throw new IllegalArgumentException("pieces must be positive");
        if (pieces > quantity) throw new OutOfStockException(productId, pieces, quantity);
        quantity -= pieces;
    }

    /** Puts pieces back that were taken out before. */
    public void putBack(int pieces) {
        if (pieces < 1) throw new IllegalArgumentException("pieces must be positive");
        quantity = Math.addExact(quantity, pieces);
    }

    public long productId() {
        return productId;
    }

    public int quantity() {
        return quantity;
    }
}
