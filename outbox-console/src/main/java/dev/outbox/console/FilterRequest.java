package dev.outbox.console;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.outbox.EventFilter;
import dev.outbox.EventStatus;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
        @Nullable String error) {
    private static final Set<String> CONDITIONS = Arrays.stream(FilterRequest.class.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toUnmodifiableSet());

    /** What goes with the conditions in a query. */
    private static final Set<String> PAGE = Set.of("before", "size");

    /** A misspelt condition that is ignored would let a decision hit events that nobody meant. */
    @JsonAnySetter
    void refuse(String condition, @Nullable Object value) {
        throw unknown(condition);
    }

    /** The same for queries; parameters that begin with an underscore are those of Spring Security and the like. */
    static void refuseUnknown(HttpServletRequest request) {
        for (String name : Collections.list(request.getParameterNames()))
            if (!CONDITIONS.contains(name) && !PAGE.contains(name) && !name.startsWith("_")) throw unknown(name);
    }

    private static InvalidRequestException unknown(String condition) {
        return new InvalidRequestException(
                condition,
                "There is no such condition. The conditions are %s."
                        .formatted(CONDITIONS.stream().sorted().collect(Collectors.joining(", "))));
    }

    EventFilter filter() {
        Set<EventStatus> statuses = EnumSet.noneOf(EventStatus.class);
        if (status != null)
            status.stream()
                    .filter(name -> name == null || !name.isEmpty())
                    .forEach(name -> statuses.add(RequestText.oneOf(EventStatus.class, "status", name)));
        try {
            return new EventFilter(
                    statuses,
                    RequestText.condition("eventType", eventType),
                    RequestText.condition("aggregateType", aggregateType),
                    RequestText.condition("aggregateId", aggregateId),
                    RequestText.condition("topic", topic),
                    RequestText.time("from", from),
                    RequestText.time("until", until),
                    RequestText.condition("error", error));
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("until", String.valueOf(e.getMessage()));
        }
    }
}
