package dev.outbox.sample.product.application;

import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/**
 * The products for those who look at them: from the cache where it has them, else from the {@link ProductCatalog}.
 *
 * <p>What is shown may be older than the database for as long as {@code product.infra} says, so nothing is decided by it: an order takes its prices, and its
 * stock, from the database.
 *
 * <p>{@code sync} because the cache has to know of a load when it begins: it keeps nothing that was changed meanwhile.
 */
@Service
public class CachedCatalog {
    /** The cache of single products, by id. */
    public static final String PRODUCT = "product";

    /** The cache of pages, by their number and size. */
    public static final String PAGES = "product:list";

    private final ProductCatalog catalog;

    CachedCatalog(ProductCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * One product.
     *
     * @throws dev.outbox.sample.product.domain.UnknownProductException if there is none
     */
    @Cacheable(cacheNames = PRODUCT, sync = true)
    public StockedProduct get(long productId) {
        return catalog.get(productId);
    }

    /** One page of the products, in the order in which they were created. */
    @Cacheable(cacheNames = PAGES, key = "#page + ':' + #size", sync = true)
    public ProductPage page(int page, int size) {
        return catalog.page(page, size);
    }
}
