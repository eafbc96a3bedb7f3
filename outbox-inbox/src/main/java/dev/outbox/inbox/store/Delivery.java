package dev.outbox.inbox.store;

import java.util.UUID;

/**
 * What a consumer handles once: an event, and the same event again for each replay that is to have it handled anew.
 *
 * @param replayId empty unless such a replay brings the event; at most {@value #MAX_REPLAY_ID} characters
 */
public record Delivery(UUID eventId, String replayId) {
    public static final int MAX_REPLAY_ID = 36;
}
