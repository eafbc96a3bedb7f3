package dev.outbox.sample.product.infra;

import dev.outbox.sample.inventory.application.StockChanged;
import dev.outbox.sample.product.application.CachedCatalog;
import java.util.Objects;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Evicts products whose stock changes, whoever changes it, and all pages of the list, because any of them may show the product. A new product opens its stock, and
 * that is a change as well.
 */
@Component
class ProductEviction {
    private final Cache products;
    private final Cache pages;

    ProductEviction(CacheManager caches) {
        products = Objects.requireNonNull(caches.getCache(CachedCatalog.PRODUCT));
        pages = Objects.requireNonNull(caches.getCache(CachedCatalog.PAGES));
    }

    /**
     * Within the transaction, so that the caches put it off until its commit. A {@code @TransactionalEventListener} would be too late for that: what is put off while
     * a transaction is ending is never done.
     */
    @EventListener
    void evict(StockChanged changed) {
        changed.productIds().forEach(products::evict);
        pages.clear();
    }

    /**
     * Evicts a product whose stock has changed in a transaction that is over, and all pages. At once, also within another transaction.
     *
     * @throws org.springframework.dao.DataAccessResourceFailureException if Redis does not answer; then try again
     */
    void evictAtOnce(long productId) {
        products.evictIfPresent(productId);
        pages.invalidate();
    }
}
