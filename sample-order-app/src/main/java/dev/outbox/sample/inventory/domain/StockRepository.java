package dev.outbox.sample.inventory.domain;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Where stocks are kept. */
public interface StockRepository {
    Stock save(Stock stock);

    Optional<Stock> findById(long productId);

    List<Stock> findByProductIdIn(Collection<Long> productIds);
}
