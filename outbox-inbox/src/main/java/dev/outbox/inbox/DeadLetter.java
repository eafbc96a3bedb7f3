package dev.outbox.inbox;

import java.time.Instant;
import java.util.UUID;

/**
 * A record that a consumer has not handled, of which a copy is in the dead-letter topic.
 *
 * @param position the place in the order in which a consumer's dead letters came: later ones have greater ones, with gaps
 * @param consumer who has not handled it
 * @param eventId the event; for a record that is no outbox event an id made of its topic, partition and offset
 * @param replayId of the replay that was to have the event handled once more; empty if there is none
 * @param key whose order it belongs to; {@link EventKey#NONE} for a record that is no outbox event
 * @param eventType the logical type; empty for a record that is no outbox event
 * @param source where the record was
 * @param copy where its copy is
 * @param attempts how often it has failed, those of redrives among them; outages do not count
 * @param error class and message of the last failure, at most 2,000 characters and never the payload; of a follower, what it waits for
 * @param follower whether it was never tried, but only waits behind another one of its key
 * @param failedAt when it failed for the last time, by the database's clock; of a follower, when it came
 */
public record DeadLetter(
        long position,
        String consumer,
        UUID eventId,
        String replayId,
        EventKey key,
        String eventType,
        RecordPosition source,
        RecordPosition copy,
        int attempts,
        String error,
        boolean follower,
        Instant failedAt) {
    /** Names it without its error. */
    @Override
    public String toString() {
        return eventType.isEmpty()
                ? "the record %s for %s".formatted(source, consumer)
                : "event %s (%s of %s, %s) for %s".formatted(eventId, eventType, key, source, consumer);
    }
}
