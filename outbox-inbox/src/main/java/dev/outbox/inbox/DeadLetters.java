package dev.outbox.inbox;

import dev.outbox.AuditEntry;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxPermission;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DataAccessException;

/**
 * What operators do with the records that a consumer has not handled. Safe for use by many threads and in many processes at once.
 *
 * <p>Each method requires a permission of whoever calls it, as {@link dev.outbox.spi.AccessControl} decides: {@link OutboxPermission#OUTBOX_VIEW} what only reads,
 * {@link OutboxPermission#OUTBOX_OPERATE} what changes something. What changes something takes a reason of 1 to {@value dev.outbox.OutboxOperations#MAX_REASON} characters and leaves lines in the audit
 * trail: that of the outbox where the application has one, else one of the inbox's own. Every method throws {@link OutboxAccessDeniedException} if the permission is missing, and
 * {@link IllegalArgumentException} if the reason is, before anything is done; and {@link dev.outbox.OutboxConfigurationException} if the table of the audit trail is missing, and nothing is done then.
 *
 * <p>Reads join a transaction of the caller if there is one and need none. {@link #redrive} and {@link #discard} have transactions of their own.
 */
public interface DeadLetters {
    /** How many can be listed, or redriven, at once. */
    int MOST = 1000;

    /**
     * Dead letters in the order in which they came.
     *
     * @param after the {@linkplain DeadLetter#position() position} of the last one of the page before; 0 for the first page
     * @param limit how many at most, from 1 to {@value #MOST}
     * @return fewer than {@code limit} if there are no more; each without its payload
     * @throws IllegalArgumentException if {@code limit} is out of its range
     * @throws DataAccessException if the database fails
     */
    List<DeadLetter> list(DeadLetterFilter filter, long after, int limit);

    /**
     * One dead letter; of an event that replays were to have handled once more, the one that came first.
     *
     * @return empty if the consumer has handled the event, it was discarded, or it never was a dead letter
     * @throws DataAccessException if the database fails
     */
    Optional<DeadLetter> find(String consumer, UUID eventId);

    /**
     * What {@link #redrive} would touch without its limit, before it is done.
     *
     * @throws DataAccessException if the database fails
     */
    DeadLetterImpact impact(DeadLetterFilter filter);

    /**
     * Handles dead letters again, as the consumer's listener would, each in a transaction that takes it off the list. Of a key that is held, all of them are handled, whichever the filter meets, in their
     * order, and when none is left the key is held no longer: what comes from then on is handled by the listener. One that fails again stays, with its new error, and so do the later ones of its
     * key; other keys go on. Other redrives may run at the same time.
     *
     * <p>An outage (of the database or of Kafka, or a key that is missing to decrypt a payload) ends the redrive, and is no failure of the one that it meets.
     *
     * <p>The audit trail has a line of what is meant, {@code REDRIVE}, which is committed before the first is handled, and one of what came of it, {@code REDRIVE_RESULT}, afterwards. Where nothing is meant there is none.
     *
     * @param limit how many to handle at most, from 1 to {@value #MOST}; those that fail count as well
     * @param reason why, for those who ask later
     * @return what became of them
     * @throws IllegalArgumentException if {@code limit} is out of its range
     * @throws UnknownConsumerException if this application has no listener for the consumer
     * @throws DataAccessException if the dead letters cannot be read, or the audit trail cannot be written before
     */
    RedriveResult redrive(DeadLetterFilter filter, int limit, String reason);

    /**
     * Gives a dead letter up, the one that {@link #find} finds: it counts as handled, also when a copy of it comes again. Later events of its key wait for a redrive all the same, if there are any. The
     * line in the audit trail, {@code DISCARD_DEAD_LETTER}, is in the same transaction.
     *
     * @param reason why, for those who ask later
     * @return false if there is no such dead letter: somebody else was quicker, or there never was. Nothing is audited then.
     * @throws DataAccessException if the database fails
     */
    boolean discard(String consumer, UUID eventId, String reason);

    /**
     * The audit trail, the latest lines first: with an outbox in this application the one that its operations have as well.
     *
     * @param before only lines before this {@linkplain AuditEntry#id() id}; {@link Long#MAX_VALUE} for the first page
     * @param limit how many at most, from 1 to {@value #MOST}
     * @throws IllegalArgumentException if {@code limit} is out of its range
     * @throws DataAccessException if the database fails
     */
    List<AuditEntry> audit(long before, int limit);
}
