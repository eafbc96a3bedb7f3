package dev.outbox.boot;

import dev.outbox.EventFilter;
import dev.outbox.Impact;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.QuarantineGroup;
import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** What is paused and what is in quarantine, for whoever has {@code OUTBOX_VIEW}. It only reads: decisions need a reason and belong to the REST API. */
@Endpoint(id = "outbox")
final class OutboxEndpoint {
    private final OutboxOperations operations;

    OutboxEndpoint(OutboxOperations operations) {
        this.operations = operations;
    }

    /**
     * The state of the outbox.
     *
     * @param quarantined how many events are in quarantine, and what waits behind them
     * @param quarantine the same by cause, the largest groups first
     */
    record State(List<OutboxPause> pauses, Impact quarantined, List<QuarantineGroup> quarantine) {}

    @ReadOperation
    State state() {
        return new State(operations.pauses(), operations.impact(EventFilter.quarantined()), operations.quarantine());
    }
}
