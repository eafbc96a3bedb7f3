package dev.outbox.sample.product.application;

import dev.outbox.sample.inventory.application.Inventory;
import dev.outbox.sample.inventory.domain.StockConflictException;
import dev.outbox.sample.metrics.application.Metrics;
import dev.outbox.sample.metrics.domain.ProductMetrics;
import dev.outbox.sample.product.domain.Product;
import dev.outbox.sample.product.domain.ProductRepository;
import dev.outbox.sample.product.domain.SkuTakenException;
import dev.outbox.sample.product.domain.UnknownProductException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** All products, with their stock and what is counted of them, as the database has them. */
@Service
public class ProductCatalog {
    private static final Logger log = LoggerFactory.getLogger(ProductCatalog.class);

    private final ProductRepository products;
    private final Inventory inventory;
    private final StockAdjustment adjustment;
    private final Metrics metrics;
    private final Clock clock;

    ProductCatalog(
            ProductRepository products, Inventory inventory, StockAdjustment adjustment, Metrics metrics, Clock clock) {
        this.products = products;
        this.inventory = inventory;
        this.adjustment = adjustment;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Adds a product.
     *
     * @param stock how many pieces of it there are
     * @throws SkuTakenException if another product has the SKU
     */
    @Transactional
    public StockedProduct create(String sku, String name, BigDecimal price, int stock) {
        Product product = insert(new Product(sku, name, price, clock.instant().truncatedTo(ChronoUnit.MICROS)));
        inventory.open(product.id(), stock);
        return StockedProduct.of(product, stock, ProductMetrics.none(product.id()));
    }

    /**
     * Changes how many pieces of a product there are. Has no transaction of its own: each try after a conflict is a new one.
     *
     * @param delta pieces that come in addition, or, if it is negative, that go
     * @return the product with the stock that it has now
     * @throws UnknownProductException if there is no such product
     * @throws dev.outbox.sample.inventory.domain.StockLimitException if there would be less than nothing, or more than can be counted
     * @throws dev.outbox.sample.inventory.domain.StockConflictException if too many others change the same stock at this moment
     */
    public StockedProduct adjustStock(long productId, int delta) {
        try {
            StockedProduct adjusted = adjustment.adjust(productId, delta);
            log.info("Stock of product {} is adjusted by {} to {}.", productId, delta, adjusted.stock());
            return adjusted;
        } catch (ConcurrencyFailureException e) {
            throw new StockConflictException(e);
        }
    }

    private Product insert(Product product) {
        try {
            return products.saveAndFlush(product);
        } catch (DataIntegrityViolationException e) {
            throw new SkuTakenException(product.sku());
        }
    }

    /**
     * One product.
     *
     * @throws UnknownProductException if there is none
     */
    @Transactional(readOnly = true)
    public StockedProduct get(long productId) {
        return products.findById(productId)
                .map(product -> stocked(List.of(product)).get(0))
                .orElseThrow(() -> new UnknownProductException(productId));
    }

    /** The product with this SKU. */
    @Transactional(readOnly = true)
    public Optional<StockedProduct> find(String sku) {
        return products.findBySku(sku).map(product -> stocked(List.of(product)).get(0));
    }

    /** One page of the products, in the order in which they were created. */
    @Transactional(readOnly = true)
    public ProductPage page(int page, int size) {
        Page<Product> found = products.findAll(PageRequest.of(page, size, Sort.by("id")));
        return new ProductPage(stocked(found.getContent()), found.getTotalElements());
    }

    /** Whether there are no products at all. */
    @Transactional(readOnly = true)
    public boolean isEmpty() {
        return products.count() == 0;
    }

    /**
     * Several products, by id.
     *
     * @throws UnknownProductException if one of them does not exist
     */
    @Transactional(readOnly = true)
    public List<Product> getAll(Set<Long> productIds) {
        List<Product> found = products.findByIdInOrderById(productIds);
        Set<Long> unknown = new TreeSet<>(productIds);
        found.forEach(product -> unknown.remove(product.id()));
        for (Long productId : unknown) throw new UnknownProductException(productId);
        return found;
    }

    private List<StockedProduct> stocked(List<Product> found) {
        List<Long> ids = found.stream().map(Product::id).toList();
        Map<Long, Integer> stock = inventory.quantities(ids);
        Map<Long, ProductMetrics> counted = metrics.of(ids);
        return found.stream()
                .map(product -> StockedProduct.of(
                        product,
                        stock.getOrDefault(product.id(), 0),
                        Objects.requireNonNull(counted.get(product.id()))))
                .toList();
    }
}
