package dev.outbox.inbox.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of an event at a consumer.
 *
 * @param replayId empty unless a replay had the event handled anew
 * @param attempts how often it was tried, the last time included
 * @param result what the handler said, or why it failed
 * @param at since when, by the database's clock
 */
public record Handling(
        String consumer,
        String replayId,
        InboxStatus status,
        int attempts,
        @Nullable String result,
        Instant at) {}
