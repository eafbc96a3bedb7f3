package dev.outbox;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What operators can ask of the outbox and have it do. The same operations stand behind the Actuator endpoint and the REST API.
 *
 * <p>Each requires a permission of whoever calls it, as {@link dev.outbox.spi.AccessControl} decides: {@link OutboxPermission#OUTBOX_VIEW} what only reads,
 * {@link OutboxPermission#OUTBOX_OPERATE} what changes something, {@link OutboxPermission#OUTBOX_DECRYPT} what shows a payload. What changes something or shows a payload takes a reason of 1 to {@value #MAX_REASON} characters and leaves a line in
 * the audit trail, in the same transaction; it has transactions of its own, whatever the caller's. Every method throws {@link OutboxAccessDeniedException} if the permission is missing, and
 * {@link IllegalArgumentException} if the reason is, before anything is done; and {@link OutboxConfigurationException} if the table of the audit trail is, and nothing is done then. Safe for use by many threads.
 */
public interface OutboxOperations {
    int MAX_REASON = 500;

    /** The most events on a page. */
    int MAX_PAGE = 500;

    /** The most events that one call decides about, whatever matches. */
    int MAX_DECIDED = 1_000;

    /** How many events wait, for how long, and who is working on them. What it costs does not grow with what was published. */
    OutboxState state();

    /**
     * The state of one event, archived or not.
     *
     * @param eventId the id that {@link OutboxPublisher#publish(Object) publish} returned
     * @return its state, or empty if there is no such event (never published, rolled back, or already deleted)
     */
    Optional<EventState> find(UUID eventId);

    /**
     * Shows the payload of one event, decrypted if it was encrypted, also after retention has archived it. That it was asked for is in the audit trail before it is decrypted, and stays there if that fails: nobody looks unseen.
     *
     * @return its payload, or empty if no such event is stored. Nothing is audited then.
     * @throws MissingEncryptionKeyException if it is encrypted, and its key is not to be had here
     * @throws UndecryptablePayloadException if it is encrypted, and not as it was published
     */
    Optional<EventPayload> payload(UUID eventId, String reason);

    /**
     * Events, the latest first. One call takes less than a second however many there are: it looks at a limited number of rows, and {@link EventPage#next()} goes on from there.
     *
     * @param before only events before this {@linkplain EventState#seq() sequence}; {@link Long#MAX_VALUE} for the first page
     * @param size how many at most, from 1 to {@value #MAX_PAGE}
     */
    EventPage events(EventFilter filter, long before, int size);

    /** What is in quarantine, the largest groups first; at most 100 groups. */
    List<QuarantineGroup> quarantine();

    /** What approving or discarding would touch, before it is done. Events that are not in quarantine are not counted. */
    Impact impact(EventFilter quarantined);

    /**
     * Lets a quarantined event be sent again, with all its attempts, before the later events of its key.
     *
     * @return false if it is not in quarantine: somebody else was quicker, or it never was. Nothing is audited then.
     */
    boolean approve(UUID eventId, String reason);

    /** Approves what matches and is in quarantine, in the order of the events, at most {@value #MAX_DECIDED} in one call. Each has its own transaction: what is done stays done if a later one fails. */
    Decision approve(EventFilter quarantined, String reason);

    /**
     * Gives a quarantined event up and lets the later events of its key go. A copy of it that is already under way can still arrive.
     *
     * @return false if it is not in quarantine: somebody else was quicker, or it never was. Nothing is audited then.
     */
    boolean discard(UUID eventId, String reason);

    /** Discards what matches and is in quarantine, as {@link #approve(EventFilter, String)} approves it. */
    Decision discard(EventFilter quarantined, String reason);

    /**
     * Stops relays in all processes from sending something. A batch that is under way is finished first. Nothing is lost, no attempt is used, and
     * publishing goes on. Events of a paused topic are parked key by key, which costs a write each; a pause of everything or of a lane costs nothing.
     *
     * @return false if it was paused already
     */
    boolean pause(OutboxPause what, String reason);

    /**
     * Ends a pause. What waits is sent in order, beginning within the polling interval; the first events of a paused topic's keys at most 30 s later.
     *
     * @return false if it was not paused
     */
    boolean resume(OutboxPause what, String reason);

    /** What is paused now. */
    List<OutboxPause> pauses();

    /**
     * The audit trail, the latest lines first. For an export call it until it returns nothing, each time with the last id.
     *
     * @param before only lines before this {@linkplain AuditEntry#id() id}; {@link Long#MAX_VALUE} for the first page
     * @param size how many at most, from 1 to {@value #MAX_PAGE}
     */
    List<AuditEntry> audit(long before, int size);
}
