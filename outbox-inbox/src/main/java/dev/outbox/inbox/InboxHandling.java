package dev.outbox.inbox;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of an event at a consumer.
 *
 * @param consumer the name in its {@link Inbox}
 * @param replayId of the replay that had the event handled once more; empty for the event as it came first
 * @param attempts how often it was tried, the last time included
 * @param result what work without a transaction has returned, or why it failed, at most 2,000 characters; null if there is nothing to say. These are the words of the application's own method: what it quotes of the payload there is shown to whoever may see this.
 * @param handledAt since when it is so, by the database's clock
 */
public record InboxHandling(
        String consumer,
        UUID eventId,
        String replayId,
        Status status,
        int attempts,
        @Nullable String result,
        Instant handledAt) {
    /** How far it has come. */
    public enum Status {
        /** The business change is made. */
        HANDLED,
        /** Left out because a newer state of its aggregate was applied before. */
        STALE,
        /** Work without a transaction has begun. */
        CLAIMED,
        /** Work without a transaction has failed, and is to be tried again. */
        FAILED,
        /** Put aside, to be handled when an operator says so. */
        DEAD_LETTER,
        /** Given up by an operator. */
        DISCARDED
    }
}
