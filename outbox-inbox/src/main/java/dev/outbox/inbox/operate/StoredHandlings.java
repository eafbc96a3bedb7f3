package dev.outbox.inbox.operate;

import static dev.outbox.OutboxPermission.OUTBOX_VIEW;

import dev.outbox.inbox.InboxHandling;
import dev.outbox.inbox.InboxHandlings;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.OutboxTables;
import java.util.List;
import java.util.UUID;

/** What the tables of the inbox tell of events. */
public final class StoredHandlings implements InboxHandlings {
    private final InboxStore inbox;
    private final AccessControl access;

    /** @param tables those of the inbox */
    public StoredHandlings(OutboxTables tables, AccessControl access) {
        this.inbox = new InboxStore(tables);
        this.access = access;
    }

    @Override
    public List<InboxHandling> of(UUID eventId) {
        access.require(OUTBOX_VIEW);
        return inbox.handlings(eventId).stream()
                .map(recorded -> new InboxHandling(
                        recorded.consumer(),
                        eventId,
                        recorded.replayId(),
                        shown(recorded.status()),
                        recorded.attempts(),
                        recorded.result(),
                        recorded.at()))
                .toList();
    }

    private static InboxHandling.Status shown(InboxStatus status) {
        return switch (status) {
            case HANDLED -> InboxHandling.Status.HANDLED;
            case STALE -> InboxHandling.Status.STALE;
            case CLAIMED -> InboxHandling.Status.CLAIMED;
            case FAILED -> InboxHandling.Status.FAILED;
            case DEAD_LETTER -> InboxHandling.Status.DEAD_LETTER;
            case DISCARDED -> InboxHandling.Status.DISCARDED;
        };
    }
}
