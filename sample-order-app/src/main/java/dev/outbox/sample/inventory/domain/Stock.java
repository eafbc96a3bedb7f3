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
    /** The most pieces that a product can be given. Orders that are cancelled may bring it above. */
    public static final int MOST = 1_000_000_000;

    @Id
    @Column(name = "product_id")
    private long productId;

    private int quantity;

    /** Of two transactions that change the same stock, the second one fails instead of overwriting the first. */
    @Version
    private @Nullable Long version;

    protected Stock() {}

    public Stock(long productId, int quantity) {
        if (quantity < 0 || quantity > MOST) {
            throw new IllegalArgumentException("quantity must be between 0 and " + MOST);
        }
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

    /**
     * Adds pieces, or takes some out.
     *
     * @param delta by how many there are more, or, if it is negative, fewer
     * @throws StockLimitException if there would be fewer than none, or if pieces are added and there would be more than {@link #MOST}
     */
    public void adjust(int delta) {
        long adjusted = (long) quantity + delta;
        if (adjusted < 0) throw StockLimitException.tooLow(productId, quantity, delta);
        if (delta > 0 && adjusted > MOST) throw StockLimitException.tooHigh(productId, quantity, delta);
        quantity = (int) adjusted;
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

    /** Whether there is nothing left to sell. */
    public boolean isSoldOut() {
        return quantity == 0;
    }
}
