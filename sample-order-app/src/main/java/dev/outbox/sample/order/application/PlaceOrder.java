package dev.outbox.sample.order.application;

import dev.outbox.sample.inventory.domain.StockConflictException;
import dev.outbox.sample.log.LogFields;
import dev.outbox.sample.order.domain.Basket;
import dev.outbox.sample.order.domain.IdempotencyKeyReusedException;
import dev.outbox.sample.order.domain.OrderKey;
import dev.outbox.sample.user.application.Accounts;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC.MDCCloseable;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;

/**
 * Places an order once per user and idempotency key, however often and however concurrently it is asked to.
 *
 * <p>The unique constraint on the key decides. So this has no transaction of its own: whoever loses against another request reads the
 * winner's order in a new one.
 */
@Service
public class PlaceOrder {
    private static final Logger log = LoggerFactory.getLogger(PlaceOrder.class);

    private final OrderPlacement placement;
    private final OrderHistory history;
    private final Accounts accounts;

    PlaceOrder(OrderPlacement placement, OrderHistory history, Accounts accounts) {
        this.placement = placement;
        this.history = history;
        this.accounts = accounts;
    }

    /**
     * Places an order of a user, or returns the one that this user has placed with the same key and the same basket, also when that one is closed
     * or archived by now. A refused order leaves nothing: its key can be used again.
     *
     * @param idempotencyKey at most 100 characters
     * @throws IdempotencyKeyReusedException if the user's key came with another basket before
     * @throws dev.outbox.sample.user.domain.UnknownUserException if there is no such user
     * @throws dev.outbox.sample.product.domain.UnknownProductException if there is no such product
     * @throws dev.outbox.sample.inventory.domain.OutOfStockException if there is not enough of a product
     * @throws StockConflictException if too many others order the same product at this moment
     */
    public PlacedOrder place(long userId, String idempotencyKey, Basket basket) {
        Optional<OrderKey> known = history.findKey(userId, idempotencyKey);
        if (known.isPresent()) return repeated(userId, known.get(), basket);
        try {
            PlacedOrder placed = placement.place(userId, idempotencyKey, basket);
            try (MDCCloseable field = LogFields.order(placed.order().id())) {
                log.info(
                        "Order {} over {} is placed; its event is {}.",
                        placed.order().id(),
                        placed.order().total(),
                        placed.eventId());
            }
            return placed;
        } catch (DataIntegrityViolationException e) {
            accounts.require(userId);
            return repeated(userId, history.findKey(userId, idempotencyKey).orElseThrow(() -> e), basket);
        } catch (ConcurrencyFailureException e) {
            throw new StockConflictException(e);
        }
    }

    private PlacedOrder repeated(long userId, OrderKey key, Basket basket) {
        if (!key.isOf(basket)) throw new IdempotencyKeyReusedException(key.orderId());
        return new PlacedOrder(history.get(userId, key.orderId()), null);
    }
}
