package dev.outbox;

import java.util.List;
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

    /**
     * Stops relays in all processes from sending something. A batch that is under way is finished first. Nothing is lost, no attempt is used, and
     * publishing goes on. Events of a paused topic are parked key by key, which costs a write each; a pause of everything or of a lane costs nothing.
     *
     * @return false if it was paused already
     */
    boolean pause(OutboxPause what);

    /**
     * Ends a pause. What waits is sent in order, beginning within the polling interval; the first events of a paused topic's keys at most 30 s later.
     *
     * @return false if it was not paused
     */
    boolean resume(OutboxPause what);

    /** What is paused now. */
    List<OutboxPause> pauses();
}
