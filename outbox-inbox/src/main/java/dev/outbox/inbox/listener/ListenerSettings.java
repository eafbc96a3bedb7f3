package dev.outbox.inbox.listener;

import java.time.Duration;

/**
 * What is configured of listeners with {@link dev.outbox.inbox.Inbox}.
 *
 * @param claim how long work without a transaction is claimed: longer than it ever takes
 */
public record ListenerSettings(Duration claim) {
    public static final Duration DEFAULT_CLAIM = Duration.ofMinutes(1);

    public ListenerSettings {
        if (claim.compareTo(Duration.ofSeconds(1)) < 0)
            throw new IllegalArgumentException(
                    "The claim of %s is shorter than a second. Make it longer than the slowest work takes, for instance 1m."
                            .formatted(claim));
    }
}
