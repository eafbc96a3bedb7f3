package dev.outbox.sample.order.domain;

import dev.outbox.sample.refusal.Refusal;
import java.io.Serial;
import java.util.Locale;
import java.util.UUID;

/** An order has come to another end than the one that somebody wants for it. */
public final class OrderClosedException extends Refusal {
    @Serial
    private static final long serialVersionUID = 1L;

    OrderClosedException(UUID orderId, OrderStatus end) {
        super(
                Kind.CONFLICT,
                switch (end) {
                    case CANCELLED -> "ORDER_ALREADY_CANCELLED";
                    case COMPLETED -> "ORDER_ALREADY_COMPLETED";
                    case CREATED -> throw new IllegalArgumentException("an order that is created is open");
                },
                "Order %s is %s already, which is final."
                        .formatted(orderId, end.name().toLowerCase(Locale.ROOT)));
    }
}
