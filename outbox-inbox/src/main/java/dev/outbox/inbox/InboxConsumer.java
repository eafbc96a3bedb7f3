package dev.outbox.inbox;

import org.springframework.util.StringUtils;

/**
 * Who handles events, and how.
 *
 * @param name what events are recorded under, at most {@value #MAX_NAME} characters; consumers of different names each handle every event
 * @param latestOnly whether an event is left out when one of its aggregate with a greater version has been handled. For state that each event tells in full, never for counters: they need
 *     every event. Events need a version, and equal versions are handled.
 * @param holdsKeys whether later events of an aggregate wait behind one that was put aside
 */
public record InboxConsumer(String name, boolean latestOnly, boolean holdsKeys) {
    static final int MAX_NAME = 100;

    /** @throws IllegalArgumentException if the name is empty, too long, or has a comma, which separates names in headers */
    public InboxConsumer {
        if (!StringUtils.hasText(name) || name.length() > MAX_NAME || name.contains(","))
            throw new IllegalArgumentException(
                    "The inbox consumer '%s' has no name of at most %d characters without commas. Choose one, and keep it: what it has handled is recorded under it."
                            .formatted(name, MAX_NAME));
    }

    /** One that handles every event, in the order in which they come. */
    public static InboxConsumer named(String name) {
        return new InboxConsumer(name, false, false);
    }

    /** One that leaves out what a newer version has overtaken. */
    public static InboxConsumer latestOnly(String name) {
        return new InboxConsumer(name, true, false);
    }
}
