package dev.outbox.inbox;

import dev.outbox.inbox.store.Delivery;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A replay, as the events that it sends again tell of it.
 *
 * @param id the same for all events of a replay; at most 36 characters
 * @param consumers who is to handle events anew; only of a {@link Mode#REPROCESS} replay, and never empty there
 */
public record InboxReplay(String id, Mode mode, Set<String> consumers) {
    /** What consumers are to do with events that a replay has sent. */
    public enum Mode {
        /** What they do with any copy: handle those that they have not handled. */
        NORMAL,
        /** Nothing: the events are for others to see. */
        READ_ONLY,
        /** Handle them again, once for each replay, if they are named. */
        REPROCESS
    }

    public InboxReplay {
        consumers = Set.copyOf(consumers);
        if (id.isEmpty() || id.length() > Delivery.MAX_REPLAY_ID)
            throw new IllegalArgumentException(
                    "ce_replayid '%s' has not between 1 and %d characters".formatted(id, Delivery.MAX_REPLAY_ID));
        if (mode == Mode.REPROCESS && consumers.isEmpty())
            throw new IllegalArgumentException("ce_replayconsumers names nobody");
    }

    static @Nullable InboxReplay of(InboxMessage message) {
        Map<String, String> headers = message.headers();
        String id = headers.get("ce_replayid");
        String mode = headers.get("ce_replaymode");
        if (id == null && mode == null) return null;
        try {
            return new InboxReplay(
                    id == null ? "" : id,
                    Mode.valueOf(String.valueOf(mode).toUpperCase(Locale.ROOT).replace('-', '_')),
                    names(headers.getOrDefault("ce_replayconsumers", "")));
        } catch (IllegalArgumentException e) {
            // What to do with it is unknown, and guessing could handle an event twice.
            throw new InvalidInboxRecordException(
                    "The replay of %s cannot be understood: %s. Replay it again, with a version of the publisher that this consumer knows."
                            .formatted(message, e.getMessage()),
                    e);
        }
    }

    private static Set<String> names(String list) {
        return list.isEmpty() ? Set.of() : Set.of(list.split(","));
    }
}
