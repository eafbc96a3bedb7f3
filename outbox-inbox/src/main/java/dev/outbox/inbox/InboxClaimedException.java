package dev.outbox.inbox;

import org.springframework.dao.TransientDataAccessException;

/** Somebody else has begun the work for an event and not ended it. The event is to be handled again: by then that claim is over, or has run out. */
public final class InboxClaimedException extends TransientDataAccessException {
    private static final long serialVersionUID = 1L;

    InboxClaimedException(InboxConsumer consumer, InboxMessage message) {
        super("'%s' has already begun with %s, here or in another process, and its claim has not run out yet."
                .formatted(consumer.name(), message));
    }
}
