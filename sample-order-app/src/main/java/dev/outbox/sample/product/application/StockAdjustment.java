package dev.outbox.sample.product.application;

import dev.outbox.sample.inventory.application.Inventory;
import dev.outbox.sample.inventory.application.RetriedOnConflict;
import dev.outbox.sample.metrics.application.Metrics;
import dev.outbox.sample.product.domain.Product;
import dev.outbox.sample.product.domain.ProductRepository;
import dev.outbox.sample.product.domain.UnknownProductException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The one transaction in which stock is adjusted. */
@Component
class StockAdjustment {
    private final ProductRepository products;
    private final Inventory inventory;
    private final Metrics metrics;

    StockAdjustment(ProductRepository products, Inventory inventory, Metrics metrics) {
        this.products = products;
        this.inventory = inventory;
        this.metrics = metrics;
    }

    /** Changes the stock of a product; each try after a conflict sees the stock as it is then. */
    @RetriedOnConflict
    @Transactional
    public StockedProduct adjust(long productId, int delta) {
        Product product = products.findById(productId).orElseThrow(() -> new UnknownProductException(productId));
        return StockedProduct.of(product, inventory.adjust(productId, delta), metrics.of(productId));
    }
}
