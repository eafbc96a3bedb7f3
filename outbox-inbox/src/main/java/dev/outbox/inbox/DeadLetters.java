package dev.outbox.inbox;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DataAccessException;

/**
 * What a person does with the records that a consumer has not handled. Safe for use by many threads and in many processes at once.
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
     * Handles dead letters again, as the consumer's listener would, each in a transaction that takes it off the list. Of a key that is held, all of them are handled, whichever the filter meets, in their
     * order, and when none is left the key is held no longer: what comes from then on is handled by the listener. One that fails again stays, with its new error, and so do the later ones of its
     * key; other keys go on. Other redrives may run at the same time.
     *
     * <p>An outage (of the database or of Kafka, or a key that is missing to decrypt a payload) ends the redrive, and is no failure of the one that it meets.
     *
     * @param limit how many to handle at most, from 1 to {@value #MOST}; those that fail count as well
     * @return what became of them
     * @throws IllegalArgumentException if {@code limit} is out of its range, or this application has no listener for the consumer
     * @throws DataAccessException if the dead letters cannot be read
     */
    RedriveResult redrive(DeadLetterFilter filter, int limit);

    /**
     * Gives a dead letter up, the one that {@link #find} finds: it counts as handled, also when a copy of it comes again. Later events of its key wait for a redrive all the same, if there are any.
     *
     * @param reason why, for those who ask later; not blank
     * @return false if there is no such dead letter: somebody else was quicker, or there never was
     * @throws IllegalArgumentException if {@code reason} is blank
     * @throws DataAccessException if the database fails
     */
    boolean discard(String consumer, UUID eventId, String reason);
}
