package dev.outbox.console;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.outbox.ReplayPlan;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which events to send again, as JSON says it; the conditions are those of {@link ReplayPlan}. */
record ReplayPlanRequest(
        @Nullable String from,
        @Nullable String until,
        @Nullable List<@Nullable String> aggregateIds,
        @Nullable List<@Nullable String> eventTypes,
        @Nullable List<@Nullable String> eventIds) {
    private static final Conditions CONDITIONS = new Conditions(ReplayPlanRequest.class, Set.of());

    @JsonAnySetter
    void refuse(String condition, @Nullable Object value) {
        throw CONDITIONS.unknown(condition);
    }

    ReplayPlan plan() {
        Instant begin = RequestText.time("from", from);
        Instant end = RequestText.time("until", until);
        Set<String> aggregates = RequestText.texts("aggregateIds", aggregateIds);
        Set<String> types = RequestText.texts("eventTypes", eventTypes);
        Set<UUID> ids = new LinkedHashSet<>();
        for (String id : RequestText.texts("eventIds", eventIds)) ids.add(RequestText.id("eventIds", id));
        try {
            return new ReplayPlan(begin, end, aggregates, types, ids);
        } catch (IllegalArgumentException e) {
            String refused = isRefused(aggregates)
                    ? "aggregateIds"
                    : isRefused(types) ? "eventTypes" : isRefused(ids) ? "eventIds" : end == null ? "from" : "until";
            throw new InvalidRequestException(refused, String.valueOf(e.getMessage()));
        }
    }

    private static boolean isRefused(Set<?> values) {
        return values.size() > ReplayPlan.MOST_VALUES
                || values.stream().anyMatch(value -> value.toString().length() > ReplayPlan.MAX_LENGTH);
    }
}
