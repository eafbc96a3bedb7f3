package dev.outbox.console;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.outbox.EventFilter;
import dev.outbox.EventStatus;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which events, as the parameters of a query or as JSON say it; the conditions are those of {@link EventFilter}. */
record FilterRequest(
        @Nullable List<@Nullable String> status,
        @Nullable String eventType,
        @Nullable String aggregateType,
        @Nullable String aggregateId,
        @Nullable String topic,
        @Nullable String from,
        @Nullable String until,
        @Nullable String error,
        @Nullable String eventId) {
    private static final Conditions CONDITIONS = new Conditions(FilterRequest.class, Set.of("before", "size"));

    @JsonAnySetter
    void refuse(String condition, @Nullable Object value) {
        throw CONDITIONS.unknown(condition);
    }

    static void refuseUnknown(HttpServletRequest request) {
        CONDITIONS.refuseOthers(request);
    }

    EventFilter filter() {
        Set<EventStatus> statuses = EnumSet.noneOf(EventStatus.class);
        if (status != null)
            status.stream()
                    .filter(name -> name == null || !name.isEmpty())
                    .forEach(name -> statuses.add(RequestText.oneOf(EventStatus.class, "status", name)));
        UUID event = eventId == null || eventId.isEmpty() ? null : RequestText.id("eventId", eventId);
        try {
            return new EventFilter(
                    statuses,
                    RequestText.condition("eventType", eventType),
                    RequestText.condition("aggregateType", aggregateType),
                    RequestText.condition("aggregateId", aggregateId),
                    RequestText.condition("topic", topic),
                    RequestText.time("from", from),
                    RequestText.time("until", until),
                    RequestText.condition("error", error),
                    event);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("until", String.valueOf(e.getMessage()));
        }
    }
}
