package dev.outbox;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the events that were asked for, the latest first.
 *
 * @param events may be fewer than asked for, even none, while more follow: one call looks at a limited number of rows
 * @param next to be given to {@link OutboxOperations#events} for what follows; null when nothing does
 */
public record EventPage(List<EventState> events, @Nullable Long next) {
    public EventPage {
        events = List.copyOf(events);
    }
}
