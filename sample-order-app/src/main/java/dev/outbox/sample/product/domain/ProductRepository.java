package dev.outbox.sample.product.domain;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;

/** Where products are kept. */
public interface ProductRepository {
    /** Inserts at once, so that a taken SKU is found here and not at the end of the transaction. */
    Product saveAndFlush(Product product);

    Optional<Product> findById(long id);

    /** Whether there is one with this id. */
    boolean existsById(long id);

    Optional<Product> findBySku(String sku);

    List<Product> findByIdInOrderById(Collection<Long> ids);

    Page<Product> findAll(Pageable page);

    long count();
}
