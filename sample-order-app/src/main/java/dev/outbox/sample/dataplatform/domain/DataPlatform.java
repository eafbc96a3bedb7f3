package dev.outbox.sample.dataplatform.domain;

/** A system of others that wants to know of everything that happens to orders. It can be away, slow, or of another opinion; the orders do not care. */
public interface DataPlatform {
    /**
     * Gives it an event, with some tries if need be. The same event may be given again: it takes it once.
     *
     * @throws DataPlatformAwayException if it takes nothing at the moment, which says nothing about the event: give it again later
     * @throws UndeliverableEventException if it takes other events, and this one not
     */
    void deliver(OrderEvent event);
}
