package dev.outbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How it is with the outbox as a whole.
 *
 * @param events how many there are of each status that is not final; a count stops at 100,000, which means that many or more
 * @param oldestAge how long ago, by the database's clock, the oldest event was stored that is pending or being retried; zero when there is none
 * @param lanes those that a relay has now, with work; none when there is nothing to send
 */
public record OutboxState(Map<EventStatus, Long> events, Duration oldestAge, List<LeasedLane> lanes) {
    public OutboxState {
        events = Map.copyOf(events);
        lanes = List.copyOf(lanes);
    }

    /**
     * A lane that a relay has.
     *
     * @param owner process id and host of the relay
     * @param until when others may have it unless its relay renews the lease, by the database's clock
     */
    public record LeasedLane(int lane, String owner, Instant until) {}
}
