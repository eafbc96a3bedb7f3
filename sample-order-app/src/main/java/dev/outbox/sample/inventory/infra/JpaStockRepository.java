package dev.outbox.sample.inventory.infra;

import dev.outbox.sample.inventory.domain.Stock;
import dev.outbox.sample.inventory.domain.StockRepository;
import org.springframework.data.repository.Repository;

/** Stocks in the database. */
interface JpaStockRepository extends Repository<Stock, Long>, StockRepository {}
