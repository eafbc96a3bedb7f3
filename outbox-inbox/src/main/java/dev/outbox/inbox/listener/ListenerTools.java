package dev.outbox.inbox.listener;

import dev.outbox.OutboxConfigurationException;
import dev.outbox.inbox.InboxProcessor;
import dev.outbox.inbox.deadletter.Classifiers;
import dev.outbox.inbox.deadletter.DeadLetterTopic;
import dev.outbox.inbox.deadletter.Diversion;
import dev.outbox.spi.PayloadFormat;
import dev.outbox.store.OutboxTables;
import java.time.Duration;

/**
 * What all listeners with {@link dev.outbox.inbox.Inbox} share.
 *
 * @param tables the inbox's
 * @param claim how long work without a transaction is claimed, at least a second: longer than it ever takes
 */
public record ListenerTools(
        InboxProcessor inbox,
        PayloadFormat format,
        OutboxTables tables,
        DeadLetterTopic deadLetters,
        RecordRetries retries,
        Classifiers classifiers,
        Duration claim,
        WaitingRecords waiting) {
    /** @throws OutboxConfigurationException if the claim is too short */
    public ListenerTools {
        if (claim.compareTo(Duration.ofSeconds(1)) < 0)
            throw new OutboxConfigurationException(
                    "outbox.inbox.claim-time is %s.".formatted(claim),
                    "Set it to more than the slowest work takes, and to a second or more.");
    }

    Diversion diversion(String consumer) {
        return new Diversion(consumer, tables, deadLetters);
    }
}
