package dev.outbox.sample.order.application;

import dev.outbox.sample.inventory.domain.StockConflictException;
import dev.outbox.sample.order.domain.OrderClosedException;
import dev.outbox.sample.order.domain.UnknownOrderException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Service;

/**
 * Cancels or completes an order, once, however often it is asked to: whoever asks for what was done before is told that it is done, so that a
 * request whose answer was lost can simply be sent again.
 */
@Service
public class CloseOrder {
    private static final Logger log = LoggerFactory.getLogger(CloseOrder.class);

    private final OrderClosing closing;

    CloseOrder(OrderClosing closing) {
        this.closing = closing;
    }

    /**
     * Cancels an order of a user; its pieces are in the stock again.
     *
     * @throws UnknownOrderException if there is none, or it is another user's
     * @throws OrderClosedException if it was completed
     * @throws StockConflictException if too many others change the same stock at this moment; then it is not cancelled
     */
    public ClosedOrder cancel(long userId, UUID orderId) {
        try {
            return logged(closing.cancel(userId, orderId));
        } catch (ConcurrencyFailureException e) {
            throw new StockConflictException(e);
        }
    }

    /**
     * Completes an order, whoever's it is; it is a sale then.
     *
     * @throws UnknownOrderException if there is none
     * @throws OrderClosedException if it was cancelled
     */
    public ClosedOrder complete(UUID orderId) {
        return logged(closing.complete(orderId));
    }

    private static ClosedOrder logged(ClosedOrder closed) {
        if (!closed.isRepeated()) {
            log.info(
                    "Order {} is {}; its event is {}.",
                    closed.order().id(),
                    closed.order().status(),
                    closed.eventId());
        }
        return closed;
    }
}
