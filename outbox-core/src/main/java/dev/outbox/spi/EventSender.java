package dev.outbox.spi;

import java.util.concurrent.CompletionStage;

/**
 * Hands events to a broker.
 *
 * <p>The relay calls it from several threads, never holds a database transaction meanwhile, and sends the next event of a key only
 * after the stage of the one before has completed normally.
 */
public interface EventSender {
    /**
     * Starts to send one event.
     *
     * <p>A stage that completes exceptionally, or not at all, may mean that the broker has the event nevertheless: the relay sends it
     * again, so consumers must expect duplicates.
     *
     * @return completes when the broker has stored the event durably; never null
     */
    CompletionStage<SentPosition> send(OutboxRecord event);
}
