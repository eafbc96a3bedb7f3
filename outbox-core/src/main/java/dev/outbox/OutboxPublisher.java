package dev.outbox;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Stores an event in the caller's transaction: the event and the business change commit together or not at all.
 *
 * <p>After the commit a relay sends the event to the broker at least once; events of one aggregate are first delivered in the order in
 * which they were published. That order exists only where the writers of an aggregate are serialised <em>before</em> they publish:
 * lock its row, or bump its version with a flushed UPDATE, and then publish.
 *
 * <p>Every method needs an active, writable transaction on the outbox's own data source and throws
 * {@link OutboxTransactionException} without one. An exception means that nothing was stored; the transaction itself stays usable
 * unless the database refused the statement. Implementations are safe for use by many threads.
 */
public interface OutboxPublisher {
    /**
     * Publishes an object whose class carries {@link OutboxEvent}.
     *
     * @param event the event; its class says type, aggregate and key, its serialised form is the payload
     * @return the id of the event, unique for ever: the consumer's deduplication key
     * @throws InvalidOutboxMessageException if the class is not annotated, or a field is missing, empty or over its limit
     * @throws OutboxTransactionException if there is no active, writable transaction on the outbox's data source
     */
    UUID publish(Object event);

    /**
     * Publishes a message put together by hand.
     *
     * @param message the message; its payload is serialised now
     * @return the id of the event, unique for ever: the consumer's deduplication key
     * @throws InvalidOutboxMessageException if a field is missing, empty or over its limit, or the payload cannot be serialised
     * @throws OutboxTransactionException if there is no active, writable transaction on the outbox's data source
     */
    UUID publish(OutboxMessage message);

    /**
     * Publishes several events at once, in the order given, with one round trip to the database instead of one for each. All are checked before
     * the first is stored.
     *
     * @param events annotated objects and {@link OutboxMessage}s, mixed as you like; empty does nothing
     * @return their ids, in the same order
     * @throws InvalidOutboxMessageException if one of them cannot be published; then none is stored
     * @throws OutboxTransactionException if there is no active, writable transaction on the outbox's data source
     */
    List<UUID> publishAll(Collection<?> events);
}
