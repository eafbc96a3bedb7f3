package dev.outbox.sample.product.domain;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something to sell. */
@Entity
@Table(name = "products")
public class Product {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    private String sku;

    private String name;

    private BigDecimal price;

    @Column(name = "created_at")
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    protected Product() {}

    /** @param price with at most two decimals */
    public Product(String sku, String name, BigDecimal price, Instant createdAt) {
        this.sku = sku;
        this.name = name;
        this.price = price.setScale(2, RoundingMode.UNNECESSARY);
        this.createdAt = createdAt;
    }

    /** Its number, which the database gave when it was saved. */
    public long id() {
        return Objects.requireNonNull(id, "not saved yet");
    }

    public String sku() {
        return sku;
    }

    public String name() {
        return name;
    }

    public BigDecimal price() {
        return price;
    }

    public Instant createdAt() {
        return createdAt;
    }
}
