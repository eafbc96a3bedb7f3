package dev.outbox;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Sends published events again: a dry run shows what a plan means, and the token of it starts a replay, which goes on in the background, in whichever process has a relay, through pauses, restarts and crashes.
 *
 * <p>Copies have the ids of their events and are sent in the order of these, key by key. Live events are sent meanwhile and may come between the copies, so <b>a consumer without an inbox
 * sees old events after new ones</b>. A copy is never sent before its event was published. What a crash repeats is a second's worth of events at most, with the same ids.
 *
 * <p>Permissions, reasons, the audit trail and transactions are as with {@link OutboxOperations}. Safe for use by many threads.
 */
public interface OutboxReplays {
    /** The most replays in a list. */
    int MAX_LISTED = 500;

    /**
     * What a plan means now, the archive included. Sends nothing and changes no row, but for the key that signs the tokens, once in the life of the tables; takes less than a second for a million events in the table.
     */
    DryRun dryRun(ReplayPlan plan);

    /**
     * Starts a replay of what a dry run has shown: the events that were published by then and are still there. What retention has removed since then is not sent; from now on it spares what the replay needs. A token starts one replay: the same request once more returns that one, so that a request
     * whose answer was lost can be repeated.
     *
     * @return the replay, whose id the other methods take
     * @throws InvalidReplayTokenException if the token is none of these tables, was changed, or is older than an hour
     */
    Replay start(ReplayRequest request, String reason);

    /** One replay; empty if there is none with this id. */
    Optional<Replay> find(UUID replayId);

    /**
     * Replays, the latest first.
     *
     * @param size how many at most, from 1 to {@value #MAX_LISTED}
     */
    List<Replay> latest(int size);

    /** All replays that are running or paused, the oldest first: those for which retention leaves events where they are. */
    List<Replay> unfinished();

    /**
     * Stops a running replay until it is resumed. What is under way is finished, which takes about a second. Retention spares what it needs all the while.
     *
     * @return false if it is not running: somebody else was quicker, or there is none. Nothing is audited then.
     */
    boolean pause(UUID replayId, String reason);

    /**
     * Lets a paused replay go on where it stands.
     *
     * @return false if it is not paused
     */
    boolean resume(UUID replayId, String reason);

    /**
     * Ends a replay for good. What was sent stays sent, and what is under way is finished.
     *
     * @return false if it has ended already, or there is none
     */
    boolean cancel(UUID replayId, String reason);
}
