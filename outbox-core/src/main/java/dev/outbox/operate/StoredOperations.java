package dev.outbox.operate;

import dev.outbox.EventState;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.store.EventStore;
import dev.outbox.store.PauseStore;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operations on the tables. Safe for use by many threads. */
public final class StoredOperations implements OutboxOperations {
    private static final Logger log = LoggerFactory.getLogger(StoredOperations.class);

    private final EventStore events;
    private final PauseStore pauses;

    public StoredOperations(EventStore events, PauseStore pauses) {
        this.events = events;
        this.pauses = pauses;
    }

    @Override
    public Optional<EventState> find(UUID eventId) {
        return events.find(eventId);
    }

    @Override
    public boolean pause(OutboxPause what) {
        boolean added = pauses.add(what);
        if (added) log.info("The outbox pauses: {}.", what);
        return added;
    }

    @Override
    public boolean resume(OutboxPause what) {
        boolean removed = pauses.remove(what);
        if (removed) log.info("The outbox resumes: {}.", what);
        if (what.scope() == OutboxPause.Scope.TOPIC) pauses.retryNow(what.target());
        return removed;
    }

    @Override
    public List<OutboxPause> pauses() {
        return pauses.all();
    }
}
