package dev.outbox;

import java.util.Optional;
import java.util.UUID;

/** What can be asked of the outbox besides publishing. Reads join a transaction of the caller if there is one and need none. */
public interface OutboxOperations {
    /**
     * The state of one event.
     *
     * @param eventId the id that {@link OutboxPublisher#publish(Object) publish} returned
     * @return its state, or empty if no such event is in the table (never published, rolled back, or already removed)
     */
    Optional<EventState> find(UUID eventId);
}
