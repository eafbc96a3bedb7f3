package dev.outbox.sample.inventory.application;

import dev.outbox.OutboxPublisher;
import dev.outbox.sample.inventory.domain.OutOfStockException;
import dev.outbox.sample.inventory.domain.ProductSoldOut;
import dev.outbox.sample.inventory.domain.Stock;
import dev.outbox.sample.inventory.domain.StockRepository;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The stock of all products. Whatever changes some of it publishes {@link StockChanged}, within the process; and in the same transaction the event of each product
 * whose stock comes to nothing.
 */
@Service
public class Inventory {
    private final StockRepository stocks;
    private final ApplicationEventPublisher events;
    private final OutboxPublisher outbox;

    Inventory(StockRepository stocks, ApplicationEventPublisher events, OutboxPublisher outbox) {
        this.stocks = stocks;
        this.events = events;
        this.outbox = outbox;
    }

    /** Begins to keep stock of a new product, in the transaction that creates it. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void open(long productId, int quantity) {
        stocks.save(new Stock(productId, quantity));
        events.publishEvent(new StockChanged(Set.of(productId)));
    }

    /**
     * Adds pieces to the stock of a product, or takes some out. Optimistic, as {@link #deduct}.
     *
     * @param delta by how many there are more, or, if it is negative, fewer
     * @return how many there are now
     * @throws dev.outbox.sample.inventory.domain.StockLimitException if there would be fewer than none, or more than can be counted
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public int adjust(long productId, int delta) {
        Stock stock = stocks.findById(productId)
                .orElseThrow(() -> new IllegalStateException("Product %d has no stock.".formatted(productId)));
        stock.adjust(delta);
        events.publishEvent(new StockChanged(Set.of(productId)));
        if (delta < 0 && stock.isSoldOut()) outbox.publish(new ProductSoldOut(productId));
        return stock.quantity();
    }

    /**
     * Takes what an order wants out of the stock, all of it or nothing, in the transaction of the order.
     *
     * <p>Optimistic: when that transaction ends it may find that another one was faster
     * ({@link org.springframework.dao.OptimisticLockingFailureException}), and has to be run again from its beginning.
     *
     * @param pieces wanted of each product; sorted, so that two orders of the same products lock them in the same order
     * @throws OutOfStockException if there are not enough
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void deduct(SortedMap<Long, Integer> pieces) {
        List<ProductSoldOut> soldOut = new ArrayList<>();
        pieces.forEach((productId, wanted) -> {
            Stock stock = stocks.findById(productId).orElseThrow(() -> new OutOfStockException(productId, wanted, 0));
            stock.deduct(wanted);
            if (stock.isSoldOut()) soldOut.add(new ProductSoldOut(productId));
        });
        events.publishEvent(new StockChanged(pieces.keySet()));
        outbox.publishAll(soldOut);
    }

    /**
     * Puts back what an order has taken, in the transaction that cancels it. Optimistic, as {@link #deduct} is.
     *
     * @param pieces taken of each product; sorted, so that it locks products in the same order as new orders do
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void putBack(SortedMap<Long, Integer> pieces) {
        pieces.forEach((productId, taken) -> stocks.findById(productId)
                .orElseThrow(() -> new IllegalStateException("Product %d has no stock.".formatted(productId)))
                .putBack(taken));
        events.publishEvent(new StockChanged(pieces.keySet()));
    }

    /** The quantities of products; those without stock are not in the map. */
    @Transactional(readOnly = true)
    public Map<Long, Integer> quantities(Collection<Long> productIds) {
        return stocks.findByProductIdIn(productIds).stream()
                .collect(Collectors.toMap(Stock::productId, Stock::quantity));
    }
}
