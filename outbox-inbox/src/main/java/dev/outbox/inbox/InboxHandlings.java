package dev.outbox.inbox;

import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxPermission;
import java.util.List;
import java.util.UUID;
import org.springframework.dao.DataAccessException;

/** How far events have got at the consumers that share an inbox. Safe for use by many threads. */
public interface InboxHandlings {
    /**
     * What each consumer has recorded of an event, by the name of the consumer, and of one consumer the earliest first: as the event came first, and for each replay that had it handled once more.
     *
     * <p>Joins a transaction of the caller if there is one and needs none.
     *
     * @return empty if no consumer has recorded anything: the event has not come, it is being tried in a transaction, or it was forgotten after the inbox's retention
     * @throws OutboxAccessDeniedException if whoever calls it does not have {@link OutboxPermission#OUTBOX_VIEW}, as {@link dev.outbox.spi.AccessControl} decides
     * @throws DataAccessException if the database fails
     */
    List<InboxHandling> of(UUID eventId);
}
