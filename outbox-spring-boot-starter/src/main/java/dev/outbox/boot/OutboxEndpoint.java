package dev.outbox.boot;

import dev.outbox.EventFilter;
import dev.outbox.Impact;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxReplays;
import dev.outbox.OutboxState;
import dev.outbox.QuarantineGroup;
import dev.outbox.Replay;
import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** How it is with the outbox: what waits, lanes, pauses, the quarantine, and replays that are not over; for whoever has {@code OUTBOX_VIEW}. It only reads: decisions need a reason and belong to the REST API. */
@Endpoint(id = "outbox")
final class OutboxEndpoint {
    private final OutboxOperations operations;
    private final OutboxReplays replays;

    OutboxEndpoint(OutboxOperations operations, OutboxReplays replays) {
        this.operations = operations;
        this.replays = replays;
    }

    /**
     * The state of the outbox.
     *
     * @param state what waits, and the lanes that are being worked on
     * @param quarantined how many events are in quarantine, and what waits behind them
     * @param quarantine the same by cause, the largest groups first
     * @param replays those that are running or paused, the oldest first
     */
    record State(
            OutboxState state,
            List<OutboxPause> pauses,
            Impact quarantined,
            List<QuarantineGroup> quarantine,
            List<Replay> replays) {}

    @ReadOperation
    State state() {
        return new State(
                operations.state(),
                operations.pauses(),
                operations.impact(EventFilter.quarantined()),
                operations.quarantine(),
                replays.unfinished());
    }
}
