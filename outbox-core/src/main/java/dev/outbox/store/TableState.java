package dev.outbox.store;

import dev.outbox.EventStatus;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How it is with the table of events at one moment.
 *
 * @param events how many there are of each status that is not final, up to {@value StateStore#CAP}, which stands for that many or more
 * @param oldestAge how long ago, by the database's clock, the oldest event was stored that is pending or being retried; zero when there is none. Those in quarantine and those
 *     that wait behind them do not count
 * @param replays those that are not over
 * @param size null where the database does not tell
 */
public record TableState(
        Map<EventStatus, Long> events,
        Duration oldestAge,
        Replays replays,
        @Nullable Size size) {
    public TableState {
        events = Map.copyOf(events);
    }

    /** How many events have a status that is not final. */
    public long count(EventStatus status) {
        return events.getOrDefault(status, 0L);
    }

    /** Those that are going to be sent without anybody's doing. */
    public long backlog() {
        return count(EventStatus.PENDING) + count(EventStatus.RETRYING);
    }

    /**
     * The replays that are not over.
     *
     * @param running how many are sending, or about to
     * @param paused how many an operator has stopped for a while
     * @param remaining events that all of them have still to send, as far as what their dry runs have announced is right
     */
    public record Replays(long running, long paused, long remaining) {}

    /**
     * How large a table is.
     *
     * @param bytes with its indexes
     * @param rows as the database's statistics have it, which may be far off; null where there are none yet
     */
    public record Size(long bytes, @Nullable Long rows) {}
}
